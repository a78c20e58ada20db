BEGIN TRANSACTION;
CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        incident TEXT,
        printer TEXT NOT NULL,
        at REAL NOT NULL,
        body TEXT NOT NULL             -- the payload of the topic "event"
    ) STRICT;
INSERT INTO "event" VALUES(1,'01a1ffce-3afe-7228-bf91-418def37c3c6',NULL,'p2',1.79529306803043556218e+09,'{"schema":1,"id":"01a1ffce-3afe-7228-bf91-418def37c3c6","site":"site","printer":"p2","at":1795293068.0304356,"kind":"suspected","incident":null,"detail":""}');
INSERT INTO "event" VALUES(2,'01a1ffce-3ece-7a42-aa7e-0dd64b009060','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529306900609207154e+09,'{"schema":1,"id":"01a1ffce-3ece-7a42-aa7e-0dd64b009060","site":"site","printer":"p2","at":1795293069.006092,"kind":"incident.opened","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":"spaghetti"}');
INSERT INTO "event" VALUES(3,'01a1ffce-3ed1-791e-8553-cc9926399abc','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529306900907015794e+09,'{"schema":1,"id":"01a1ffce-3ed1-791e-8553-cc9926399abc","site":"site","printer":"p2","at":1795293069.0090702,"kind":"pause.sent","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":"the broker has it"}');
INSERT INTO "event" VALUES(4,'01a1ffce-3eff-7e7e-8d32-52063999e245','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529306905577421189e+09,'{"schema":1,"id":"01a1ffce-3eff-7e7e-8d32-52063999e245","site":"site","printer":"p2","at":1795293069.0557742,"kind":"pause.accepted","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":""}');
INSERT INTO "event" VALUES(5,'01a1ffce-3f05-7e51-a419-aee3c5a09bae','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529306906150412561e+09,'{"schema":1,"id":"01a1ffce-3f05-7e51-a419-aee3c5a09bae","site":"site","printer":"p2","at":1795293069.0615041,"kind":"pause.ordered","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":""}');
INSERT INTO "event" VALUES(6,'01a1ffce-3f9c-7dda-bb74-10b9e522cb48','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529306921244573595e+09,'{"schema":1,"id":"01a1ffce-3f9c-7dda-bb74-10b9e522cb48","site":"site","printer":"p2","at":1795293069.2124457,"kind":"pause.pausing","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":""}');
INSERT INTO "event" VALUES(7,'01a1ffce-4383-7de7-bbe8-acc30366b901','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529307021166229245e+09,'{"schema":1,"id":"01a1ffce-4383-7de7-bbe8-acc30366b901","site":"site","printer":"p2","at":1795293070.2116623,"kind":"pause.confirmed","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":"the printer says itself that it is paused"}');
INSERT INTO "event" VALUES(8,'01a1ffce-4541-74c9-b8fe-f421a74148aa','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529307065745902067e+09,'{"schema":1,"id":"01a1ffce-4541-74c9-b8fe-f421a74148aa","site":"site","printer":"p2","at":1795293070.657459,"kind":"acknowledged","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":"Marie"}');
INSERT INTO "event" VALUES(9,'01a1ffce-4547-7100-9eea-811aa0277793','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.795293070663674593e+09,'{"schema":1,"id":"01a1ffce-4547-7100-9eea-811aa0277793","site":"site","printer":"p2","at":1795293070.6636746,"kind":"false_alarm","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":"Marie"}');
INSERT INTO "event" VALUES(10,'01a1ffce-4547-7c97-8bf2-d10fe6c3abbc','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.795293070663674593e+09,'{"schema":1,"id":"01a1ffce-4547-7c97-8bf2-d10fe6c3abbc","site":"site","printer":"p2","at":1795293070.6636746,"kind":"resume.asked","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":"Marie"}');
INSERT INTO "event" VALUES(11,'01a1ffce-4561-7614-8031-ba4a774bb946','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529307068905544285e+09,'{"schema":1,"id":"01a1ffce-4561-7614-8031-ba4a774bb946","site":"site","printer":"p2","at":1795293070.6890554,"kind":"confirmed","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":"Marie"}');
INSERT INTO "event" VALUES(12,'01a1ffce-4571-73e1-a3bf-f12415bb3cb4',NULL,'p4',1.79529307070579290388e+09,'{"schema":1,"id":"01a1ffce-4571-73e1-a3bf-f12415bb3cb4","site":"site","printer":"p4","at":1795293070.705793,"kind":"disarmed","incident":null,"detail":"Marie"}');
INSERT INTO "event" VALUES(13,'01a1ffce-458e-7ad2-9158-3cdc4afdab3d',NULL,'p4',1.79529307073417854307e+09,'{"schema":1,"id":"01a1ffce-458e-7ad2-9158-3cdc4afdab3d","site":"site","printer":"p4","at":1795293070.7341785,"kind":"muted","incident":null,"detail":"Marie, for 60 minutes"}');
INSERT INTO "event" VALUES(14,'01a1ffce-4781-7e92-89d4-95b4a86f50eb','01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.7952930712330274582e+09,'{"schema":1,"id":"01a1ffce-4781-7e92-89d4-95b4a86f50eb","site":"site","printer":"p2","at":1795293071.2330275,"kind":"incident.closed","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","detail":"the job ended"}');
INSERT INTO "event" VALUES(15,'01a1ffce-4798-77d1-b5f1-bf096e5e7d77',NULL,'p2',1.79529307125614166263e+09,'{"schema":1,"id":"01a1ffce-4798-77d1-b5f1-bf096e5e7d77","site":"site","printer":"p2","at":1795293071.2561417,"kind":"recovered","incident":null,"detail":""}');
INSERT INTO "event" VALUES(16,'01a1ffce-49f5-70f4-9af1-79c69db66a1b',NULL,'p3',1.7952930718618609905e+09,'{"schema":1,"id":"01a1ffce-49f5-70f4-9af1-79c69db66a1b","site":"site","printer":"p3","at":1795293071.861861,"kind":"pause.confirmed","incident":null,"detail":"paused"}');
INSERT INTO "event" VALUES(17,'01a1ffce-49fc-7340-b333-f0ef674abb9e',NULL,'p1',1.79529307186835789681e+09,'{"schema":1,"id":"01a1ffce-49fc-7340-b333-f0ef674abb9e","site":"site","printer":"p1","at":1795293071.868358,"kind":"pause.confirmed","incident":null,"detail":"paused"}');
CREATE TABLE evidence (incident TEXT PRIMARY KEY REFERENCES incident (id), jpeg BLOB NOT NULL) STRICT;
INSERT INTO "evidence" VALUES('01a1ffce-3ece-7c9f-a937-ede143988e65',X'FFD8FFE000104A46494600010100000100010000FFDB0043001B12141714111B1716171E1C1B2028422B28252528513A3D3042605565645F555D5B6A7899816A7190735B5D85B586909EA3ABADAB6780BCC9BAA6C799A8ABA4FFDB0043011C1E1E2823284E2B2B4EA46E5D6EA4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4FFC0001108000C001003012200021101031101FFC4001F0000010501010101010100000000000000000102030405060708090A0BFFC400B5100002010303020403050504040000017D01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FAFFC4001F0100030101010101010101010000000000000102030405060708090A0BFFC400B51100020102040403040705040400010277000102031104052131061241510761711322328108144291A1B1C109233352F0156272D10A162434E125F11718191A262728292A35363738393A434445464748494A535455565758595A636465666768696A737475767778797A82838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE2E3E4E5E6E7E8E9EAF2F3F4F5F6F7F8F9FAFFDA000C03010002110311003F00CB82C27B98A39001B08EA4E31DA9B7F632DB01215DF19EAC2B6F46456D3A104671BBF99A8F59BF96D1047124655860EE5CD61ED5F37297CBA5CFFFD9');
CREATE TABLE incident (
        id TEXT PRIMARY KEY,           -- UUIDv7: text order is time order
        printer TEXT NOT NULL,
        opened_at REAL NOT NULL,
        closed_at REAL,
        body TEXT NOT NULL,            -- the payload of the topic "incident" (monitor/wire.py)
        progress TEXT NOT NULL         -- what monitor/incidents needs to go on after a restart
    ) STRICT;
INSERT INTO "incident" VALUES('01a1ffce-3ece-7c9f-a937-ede143988e65','p2',1.79529306900609207154e+09,1.7952930712330274582e+09,'{"schema":1,"id":"01a1ffce-3ece-7c9f-a937-ede143988e65","site":"site","printer":"p2","opened_at":1795293069.006092,"class":"spaghetti","score":0.99919855594635,"boxes":[{"class":"spaghetti","x":0.10344827586206896,"y":0.18181818181818182,"width":0.7241379310344828,"height":0.5909090909090909,"score":0.9989184141159058}],"model_sha256":"c9ae124fa791f3c958563d376fe291fa13b81f6050d2e4c4b156af2ca25ddb4c","parameters":{"threshold":0.8869,"suspect_after_s":1.0,"fail_after_s":2.0,"recover_after_s":5.0,"blind_after_s":2.0,"camera_threshold":0.8869},"action":"pause","status":"closed","pause_id":"01a1ffce-3ece-7715-9666-4ce79cb9b42c","closed_at":1795293071.2330275,"acknowledged_by":"Marie","detail":"the job ended","job":"vase-1.gcode","acts_at":null,"cause":null,"job_progress":0.51,"job_left_s":null,"software":"0.1.0","frame_taken_at":1795293068.996083,"view":"0bb3267a522de58f","epoch":0}','{"pause":{"id":"01a1ffce-3ece-7715-9666-4ce79cb9b42c","site":"site","printer":"p2","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","issued_at":1795293069.006092,"expires_at":1795293129.006092,"reason":"spaghetti seen with 100%","epoch":0},"is_sent":true,"resend_at":1795293079.2124457,"last_answer":"paused","stopped_at":1795293070.2116623,"resumed_by":"Marie","steps":["accepted","ordered","pausing"],"paused_by":"vigie"}');
CREATE TABLE labelled (            -- pictures that people have labelled and that belong to no incident
        verdict TEXT PRIMARY KEY REFERENCES verdict (id),
        jpeg BLOB NOT NULL
    ) STRICT;
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
INSERT INTO "notice" VALUES('01a1ffce-4387-71da-9c1e-98c840a557ef','01a1ffce-3ece-7c9f-a937-ede143988e65','paused','lea',1.79529307021514916414e+09,NULL,0,'');
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
INSERT INTO "standing" VALUES('p4','{"printer":"p4","armed":false,"muted_until":1795296670.734171,"let_print_job":null}');
INSERT INTO "standing" VALUES('p2','{"printer":"p2","armed":true,"muted_until":null,"let_print_job":null}');
CREATE TABLE verdict (             -- what people say about decisions; withdrawn ones stay
        id TEXT PRIMARY KEY,
        printer TEXT NOT NULL,
        incident TEXT,                 -- NULL: about a stored picture
        kind TEXT NOT NULL,
        at REAL NOT NULL,
        withdrawn_at REAL,
        body TEXT NOT NULL             -- monitor.records.Verdict, as monitor/wire.py writes it
    ) STRICT;
INSERT INTO "verdict" VALUES('01a1ffce-4547-71e1-8b19-ba2e80f020bf','p2','01a1ffce-3ece-7c9f-a937-ede143988e65','false_alarm',1.795293070663674593e+09,NULL,'{"schema":1,"id":"01a1ffce-4547-71e1-8b19-ba2e80f020bf","printer":"p2","kind":"false_alarm","by":"Marie","at":1795293070.6636746,"frame_taken_at":1795293068.996083,"score":0.99919855594635,"boxes":[{"class":"spaghetti","x":0.10344827586206896,"y":0.18181818181818182,"width":0.7241379310344828,"height":0.5909090909090909,"score":0.9989184141159058}],"model_sha256":"c9ae124fa791f3c958563d376fe291fa13b81f6050d2e4c4b156af2ca25ddb4c","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","class":"spaghetti","reason":"","view":"0bb3267a522de58f","withdrawn_by":null,"withdrawn_at":null}');
INSERT INTO "verdict" VALUES('01a1ffce-4561-73f7-afa7-c0f3b886f9c8','p2','01a1ffce-3ece-7c9f-a937-ede143988e65','confirmed',1.79529307068905544285e+09,NULL,'{"schema":1,"id":"01a1ffce-4561-73f7-afa7-c0f3b886f9c8","printer":"p2","kind":"confirmed","by":"Marie","at":1795293070.6890554,"frame_taken_at":1795293068.996083,"score":0.99919855594635,"boxes":[{"class":"spaghetti","x":0.10344827586206896,"y":0.18181818181818182,"width":0.7241379310344828,"height":0.5909090909090909,"score":0.9989184141159058}],"model_sha256":"c9ae124fa791f3c958563d376fe291fa13b81f6050d2e4c4b156af2ca25ddb4c","incident":"01a1ffce-3ece-7c9f-a937-ede143988e65","class":"spaghetti","reason":"","view":"0bb3267a522de58f","withdrawn_by":null,"withdrawn_at":null}');
CREATE INDEX incident_by_printer ON incident (printer, opened_at);
CREATE INDEX incident_open ON incident (opened_at) WHERE closed_at IS NULL;
CREATE INDEX event_by_incident ON event (incident, seq) WHERE incident IS NOT NULL;
CREATE INDEX event_by_printer ON event (printer, at);
CREATE INDEX notice_due ON notice (due_at) WHERE sent_at IS NULL;
CREATE INDEX verdict_by_printer ON verdict (printer, at);
CREATE INDEX verdict_by_incident ON verdict (incident, at) WHERE incident IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',28);
COMMIT;
PRAGMA user_version = 4;
