BEGIN TRANSACTION;
CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        incident TEXT,
        printer TEXT NOT NULL,
        at REAL NOT NULL,
        body TEXT NOT NULL             -- the payload of the topic "event"
    ) STRICT;
INSERT INTO "event" VALUES(1,'01a1ffce-38ff-728f-97df-67ed7d5d4d5a',NULL,'p2',1.79529306751976943019e+09,'{"schema":1,"id":"01a1ffce-38ff-728f-97df-67ed7d5d4d5a","site":"site","printer":"p2","at":1795293067.5197694,"kind":"suspected","incident":null,"detail":""}');
INSERT INTO "event" VALUES(2,'01a1ffce-3cee-7a7a-a4dc-7c3b2b1d8fdd','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.79529306852670168881e+09,'{"schema":1,"id":"01a1ffce-3cee-7a7a-a4dc-7c3b2b1d8fdd","site":"site","printer":"p2","at":1795293068.5267017,"kind":"incident.opened","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":"spaghetti"}');
INSERT INTO "event" VALUES(3,'01a1ffce-3cf1-7b90-9160-bae49bf0dbb5','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.79529306852947735783e+09,'{"schema":1,"id":"01a1ffce-3cf1-7b90-9160-bae49bf0dbb5","site":"site","printer":"p2","at":1795293068.5294774,"kind":"pause.sent","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":"the broker has it"}');
INSERT INTO "event" VALUES(4,'01a1ffce-3d1b-716a-a3de-16b675321be5','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.79529306857152581213e+09,'{"schema":1,"id":"01a1ffce-3d1b-716a-a3de-16b675321be5","site":"site","printer":"p2","at":1795293068.5715258,"kind":"pause.accepted","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":""}');
INSERT INTO "event" VALUES(5,'01a1ffce-3d23-7193-98f1-ec7280afcbc4','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1795293068.57901,'{"schema":1,"id":"01a1ffce-3d23-7193-98f1-ec7280afcbc4","site":"site","printer":"p2","at":1795293068.57901,"kind":"pause.ordered","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":""}');
INSERT INTO "event" VALUES(6,'01a1ffce-3d5e-74c0-beec-949b51adbeeb','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.79529306863879489896e+09,'{"schema":1,"id":"01a1ffce-3d5e-74c0-beec-949b51adbeeb","site":"site","printer":"p2","at":1795293068.638795,"kind":"pause.pausing","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":""}');
INSERT INTO "event" VALUES(7,'01a1ffce-4152-7ee7-8be8-2b49e646d2f6','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.79529306965078306202e+09,'{"schema":1,"id":"01a1ffce-4152-7ee7-8be8-2b49e646d2f6","site":"site","printer":"p2","at":1795293069.650783,"kind":"pause.confirmed","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":"the printer says itself that it is paused"}');
INSERT INTO "event" VALUES(8,'01a1ffce-42a7-733c-ab4a-aa74c8291f83','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.79529306999131417271e+09,'{"schema":1,"id":"01a1ffce-42a7-733c-ab4a-aa74c8291f83","site":"site","printer":"p2","at":1795293069.9913142,"kind":"acknowledged","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":"Marie"}');
INSERT INTO "event" VALUES(9,'01a1ffce-42d1-7f98-b13f-a863854db94d','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.7952930700332093239e+09,'{"schema":1,"id":"01a1ffce-42d1-7f98-b13f-a863854db94d","site":"site","printer":"p2","at":1795293070.0332093,"kind":"false_alarm","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":"Marie"}');
INSERT INTO "event" VALUES(10,'01a1ffce-42d1-7338-8ca3-00c69d2b1941','01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.7952930700332093239e+09,'{"schema":1,"id":"01a1ffce-42d1-7338-8ca3-00c69d2b1941","site":"site","printer":"p2","at":1795293070.0332093,"kind":"incident.closed","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","detail":"false alarm, says Marie"}');
INSERT INTO "event" VALUES(11,'01a1ffce-4322-7d7d-922d-8ac949a0c20c',NULL,'p4',1.79529307011468100552e+09,'{"schema":1,"id":"01a1ffce-4322-7d7d-922d-8ac949a0c20c","site":"site","printer":"p4","at":1795293070.114681,"kind":"disarmed","incident":null,"detail":"Marie"}');
INSERT INTO "event" VALUES(12,'01a1ffce-434c-7740-8953-6b1422769ab7',NULL,'p4',1.7952930701567890644e+09,'{"schema":1,"id":"01a1ffce-434c-7740-8953-6b1422769ab7","site":"site","printer":"p4","at":1795293070.156789,"kind":"muted","incident":null,"detail":"Marie, for 60 minutes"}');
INSERT INTO "event" VALUES(13,'01a1ffce-4797-70e6-8f93-4ad54bb55eae',NULL,'p1',1.79529307125526499744e+09,'{"schema":1,"id":"01a1ffce-4797-70e6-8f93-4ad54bb55eae","site":"site","printer":"p1","at":1795293071.255265,"kind":"pause.confirmed","incident":null,"detail":"paused"}');
CREATE TABLE evidence (incident TEXT PRIMARY KEY REFERENCES incident (id), jpeg BLOB NOT NULL) STRICT;
INSERT INTO "evidence" VALUES('01a1ffce-3cee-73fa-b76c-8687214dfecd',X'FFD8FFE000104A46494600010100000100010000FFDB0043001B12141714111B1716171E1C1B2028422B28252528513A3D3042605565645F555D5B6A7899816A7190735B5D85B586909EA3ABADAB6780BCC9BAA6C799A8ABA4FFDB0043011C1E1E2823284E2B2B4EA46E5D6EA4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4FFC0001108000C001003012200021101031101FFC4001F0000010501010101010100000000000000000102030405060708090A0BFFC400B5100002010303020403050504040000017D01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FAFFC4001F0100030101010101010101010000000000000102030405060708090A0BFFC400B51100020102040403040705040400010277000102031104052131061241510761711322328108144291A1B1C109233352F0156272D10A162434E125F11718191A262728292A35363738393A434445464748494A535455565758595A636465666768696A737475767778797A82838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE2E3E4E5E6E7E8E9EAF2F3F4F5F6F7F8F9FAFFDA000C03010002110311003F00CB82C27B98A39001B08EA4E31DA9B7F632DB01215DF19EAC2B6F46456D3A104671BBF99A8F59BF96D1047124655860EE5CD61ED5F37297CBA5CFFFD9');
CREATE TABLE incident (
        id TEXT PRIMARY KEY,           -- UUIDv7: text order is time order
        printer TEXT NOT NULL,
        opened_at REAL NOT NULL,
        closed_at REAL,
        body TEXT NOT NULL,            -- the payload of the topic "incident" (monitor/wire.py)
        progress TEXT NOT NULL         -- what monitor/incidents needs to go on after a restart
    ) STRICT;
INSERT INTO "incident" VALUES('01a1ffce-3cee-73fa-b76c-8687214dfecd','p2',1.79529306852670168881e+09,1.7952930700332093239e+09,'{"schema":1,"id":"01a1ffce-3cee-73fa-b76c-8687214dfecd","site":"site","printer":"p2","opened_at":1795293068.5267017,"class":"spaghetti","score":0.9992252588272096,"boxes":[{"class":"spaghetti","x":0.10344827586206896,"y":0.13636363636363635,"width":0.7586206896551724,"height":0.6363636363636364,"score":0.9990281462669373}],"model_sha256":"a548e41fe5ad0f169a58254585ebd383f2bc0f8479bc6f6a62dc9d70efac0e5f","parameters":{"threshold":0.8959,"suspect_after_s":1.0,"fail_after_s":2.0,"recover_after_s":5.0,"blind_after_s":2.0,"camera_threshold":0.8959},"action":"pause","status":"closed","pause_id":"01a1ffce-3cee-71b4-b235-aa96737db94a","closed_at":1795293070.0332093,"acknowledged_by":"Marie","detail":"false alarm, says Marie","job":"vase-1.gcode","acts_at":null,"cause":null,"job_progress":0.51,"job_left_s":null,"software":"0.1.0","frame_taken_at":null}','{"pause":{"id":"01a1ffce-3cee-71b4-b235-aa96737db94a","site":"site","printer":"p2","incident":"01a1ffce-3cee-73fa-b76c-8687214dfecd","issued_at":1795293068.5267017,"expires_at":1795293128.5267017,"reason":"spaghetti seen with 100%"},"is_sent":true,"resend_at":1795293078.638795,"last_answer":"paused","stopped_at":1795293069.650783,"resumed_by":"","steps":["accepted","ordered","pausing"]}');
CREATE TABLE notice (              -- messages to people: a row is written before its message is sent
        id TEXT PRIMARY KEY,
        incident TEXT NOT NULL,        -- or the id of the event that many printers share
        step TEXT NOT NULL,
        contact TEXT NOT NULL,
        due_at REAL NOT NULL,
        sent_at REAL,
        tries INTEGER NOT NULL DEFAULT 0,
        detail TEXT NOT NULL DEFAULT '',
        UNIQUE (incident, step, contact)
    ) STRICT;
INSERT INTO "notice" VALUES('01a1ffce-4157-7dd5-9c11-f42521a754e3','01a1ffce-3cee-73fa-b76c-8687214dfecd','paused','lea',1.79529306965569090837e+09,NULL,0,'');
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
CREATE TABLE standing (            -- what people decided for a printer, until they decide otherwise
        printer TEXT PRIMARY KEY,
        body TEXT NOT NULL             -- monitor.records.Standing as JSON
    ) STRICT;
INSERT INTO "standing" VALUES('p2','{"printer":"p2","armed":true,"muted_until":null,"let_print_job":"vase-1.gcode"}');
INSERT INTO "standing" VALUES('p4','{"printer":"p4","armed":false,"muted_until":1795296670.156774,"let_print_job":null}');
CREATE INDEX incident_by_printer ON incident (printer, opened_at);
CREATE INDEX incident_open ON incident (opened_at) WHERE closed_at IS NULL;
CREATE INDEX event_by_incident ON event (incident, seq) WHERE incident IS NOT NULL;
CREATE INDEX event_by_printer ON event (printer, at);
CREATE INDEX notice_due ON notice (due_at) WHERE sent_at IS NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',22);
COMMIT;
PRAGMA user_version = 2;
