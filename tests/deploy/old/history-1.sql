BEGIN TRANSACTION;
CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        incident TEXT,
        printer TEXT NOT NULL,
        at REAL NOT NULL,
        body TEXT NOT NULL             -- the payload of the topic "event"
    ) STRICT;
INSERT INTO "event" VALUES(1,'01a1ffce-35f7-7b1f-a05f-7b01a1e93044',NULL,'p2',1.79529306674359130863e+09,'{"schema":1,"id":"01a1ffce-35f7-7b1f-a05f-7b01a1e93044","site":"site","printer":"p2","at":1795293066.7435913,"kind":"suspected","incident":null,"detail":""}');
INSERT INTO "event" VALUES(2,'01a1ffce-3ada-7a8d-93f2-90872bf0fc0b','01a1ffce-3ada-7137-9137-95e60a45c84d','p2',1.79529306799477267266e+09,'{"schema":1,"id":"01a1ffce-3ada-7a8d-93f2-90872bf0fc0b","site":"site","printer":"p2","at":1795293067.9947727,"kind":"incident.opened","incident":"01a1ffce-3ada-7137-9137-95e60a45c84d","detail":"spaghetti"}');
INSERT INTO "event" VALUES(3,'01a1ffce-3ae3-7c4b-9496-93fb3a0c2886','01a1ffce-3ada-7137-9137-95e60a45c84d','p2',1.7952930680030198097e+09,'{"schema":1,"id":"01a1ffce-3ae3-7c4b-9496-93fb3a0c2886","site":"site","printer":"p2","at":1795293068.0030198,"kind":"pause.sent","incident":"01a1ffce-3ada-7137-9137-95e60a45c84d","detail":"the broker has it"}');
INSERT INTO "event" VALUES(4,'01a1ffce-3f97-753d-bbda-6acf0f6632f8','01a1ffce-3ada-7137-9137-95e60a45c84d','p2',1.79529306920776152611e+09,'{"schema":1,"id":"01a1ffce-3f97-753d-bbda-6acf0f6632f8","site":"site","printer":"p2","at":1795293069.2077615,"kind":"pause.confirmed","incident":"01a1ffce-3ada-7137-9137-95e60a45c84d","detail":"the printer says itself that it is paused"}');
INSERT INTO "event" VALUES(5,'01a1ffce-4153-7c9f-9cf9-183a70103840','01a1ffce-3ada-7137-9137-95e60a45c84d','p2',1.79529306965190744395e+09,'{"schema":1,"id":"01a1ffce-4153-7c9f-9cf9-183a70103840","site":"site","printer":"p2","at":1795293069.6519074,"kind":"acknowledged","incident":"01a1ffce-3ada-7137-9137-95e60a45c84d","detail":"Marie"}');
INSERT INTO "event" VALUES(6,'01a1ffce-4166-774f-955b-328471e2155c',NULL,'p4',1.79529306967099499701e+09,'{"schema":1,"id":"01a1ffce-4166-774f-955b-328471e2155c","site":"site","printer":"p4","at":1795293069.670995,"kind":"muted","incident":null,"detail":"Marie, for 60 minutes"}');
INSERT INTO "event" VALUES(7,'01a1ffce-4627-727d-a660-aa71b97376df',NULL,'p1',1.7952930708875384331e+09,'{"schema":1,"id":"01a1ffce-4627-727d-a660-aa71b97376df","site":"site","printer":"p1","at":1795293070.8875384,"kind":"pause.confirmed","incident":null,"detail":"paused"}');
CREATE TABLE evidence (incident TEXT PRIMARY KEY REFERENCES incident (id), jpeg BLOB NOT NULL) STRICT;
INSERT INTO "evidence" VALUES('01a1ffce-3ada-7137-9137-95e60a45c84d',X'FFD8FFE000104A46494600010100000100010000FFDB0043001B12141714111B1716171E1C1B2028422B28252528513A3D3042605565645F555D5B6A7899816A7190735B5D85B586909EA3ABADAB6780BCC9BAA6C799A8ABA4FFDB0043011C1E1E2823284E2B2B4EA46E5D6EA4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4FFC0001108000C001003012200021101031101FFC4001F0000010501010101010100000000000000000102030405060708090A0BFFC400B5100002010303020403050504040000017D01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FAFFC4001F0100030101010101010101010000000000000102030405060708090A0BFFC400B51100020102040403040705040400010277000102031104052131061241510761711322328108144291A1B1C109233352F0156272D10A162434E125F11718191A262728292A35363738393A434445464748494A535455565758595A636465666768696A737475767778797A82838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE2E3E4E5E6E7E8E9EAF2F3F4F5F6F7F8F9FAFFDA000C03010002110311003F00CB82C27B98A39001B08EA4E31DA9B7F632DB01215DF19EAC2B6F46456D3A104671BBF99A8F59BF96D1047124655860EE5CD61ED5F37297CBA5CFFFD9');
CREATE TABLE incident (
        id TEXT PRIMARY KEY,           -- UUIDv7: text order is time order
        printer TEXT NOT NULL,
        opened_at REAL NOT NULL,
        closed_at REAL,
        body TEXT NOT NULL,            -- the payload of the topic "incident" (monitor/wire.py)
        progress TEXT NOT NULL         -- what monitor/incidents needs to go on after a restart
    ) STRICT;
INSERT INTO "incident" VALUES('01a1ffce-3ada-7137-9137-95e60a45c84d','p2',1.79529306799477267266e+09,NULL,'{"schema":1,"id":"01a1ffce-3ada-7137-9137-95e60a45c84d","site":"site","printer":"p2","opened_at":1795293067.9947727,"class":"spaghetti","score":0.9989891052246094,"boxes":[{"class":"spaghetti","x":0.1,"y":0.13636363636363635,"width":0.7333333333333333,"height":0.6363636363636364,"score":0.9991798400878906}],"model_sha256":"40ae92cc68fd01b1b056d9403ad53a727e774de24311bd60fe768e6b9a38596a","parameters":{"threshold":0.886,"suspect_after_s":1.0,"fail_after_s":2.0,"recover_after_s":5.0,"blind_after_s":2.0,"camera_threshold":0.886},"action":"pause","status":"paused","pause_id":"01a1ffce-3ada-7c27-b923-0633e975ea8e","closed_at":null,"acknowledged_by":"Marie","detail":"paused"}','{"pause":{"id":"01a1ffce-3ada-7c27-b923-0633e975ea8e","site":"site","printer":"p2","incident":"01a1ffce-3ada-7137-9137-95e60a45c84d","issued_at":1795293067.9947727,"expires_at":1795293127.9947727,"reason":"spaghetti seen with 100%"},"is_sent":true,"resend_at":1795293077.9947727,"last_answer":"paused","stopped_at":1795293069.2077615,"resumed_by":""}');
CREATE TABLE outbox (              -- what the broker has not acknowledged yet; then the row goes
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        site TEXT NOT NULL,
        printer TEXT NOT NULL,
        leaf TEXT NOT NULL,
        payload BLOB NOT NULL,
        retain INTEGER NOT NULL,
        expires_at REAL,
        pause TEXT
    ) STRICT;
CREATE INDEX incident_by_printer ON incident (printer, opened_at);
CREATE INDEX incident_open ON incident (opened_at) WHERE closed_at IS NULL;
CREATE INDEX event_by_incident ON event (incident, seq) WHERE incident IS NOT NULL;
CREATE INDEX event_by_printer ON event (printer, at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',13);
COMMIT;
PRAGMA user_version = 1;
