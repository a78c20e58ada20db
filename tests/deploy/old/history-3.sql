BEGIN TRANSACTION;
CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        incident TEXT,
        printer TEXT NOT NULL,
        at REAL NOT NULL,
        body TEXT NOT NULL             -- the payload of the topic "event"
    ) STRICT;
INSERT INTO "event" VALUES(1,'01a1ffce-3904-747b-a666-d3aafc368bb3',NULL,'p2',1.7952930675245542526e+09,'{"schema":1,"id":"01a1ffce-3904-747b-a666-d3aafc368bb3","site":"site","printer":"p2","at":1795293067.5245543,"kind":"suspected","incident":null,"detail":""}');
INSERT INTO "event" VALUES(2,'01a1ffce-3cde-7a46-8b45-09e6835d944d','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529306851078891758e+09,'{"schema":1,"id":"01a1ffce-3cde-7a46-8b45-09e6835d944d","site":"site","printer":"p2","at":1795293068.510789,"kind":"incident.opened","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":"spaghetti"}');
INSERT INTO "event" VALUES(3,'01a1ffce-3ce2-7229-aa1e-45cf7d8b239f','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.7952930685142977238e+09,'{"schema":1,"id":"01a1ffce-3ce2-7229-aa1e-45cf7d8b239f","site":"site","printer":"p2","at":1795293068.5142977,"kind":"pause.sent","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":"the broker has it"}');
INSERT INTO "event" VALUES(4,'01a1ffce-3d0b-72df-a484-225104a5187d','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529306855578231808e+09,'{"schema":1,"id":"01a1ffce-3d0b-72df-a484-225104a5187d","site":"site","printer":"p2","at":1795293068.5557823,"kind":"pause.accepted","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":""}');
INSERT INTO "event" VALUES(5,'01a1ffce-3d0c-77eb-9a6f-dab689a6a198','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529306855693268768e+09,'{"schema":1,"id":"01a1ffce-3d0c-77eb-9a6f-dab689a6a198","site":"site","printer":"p2","at":1795293068.5569327,"kind":"pause.ordered","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":""}');
INSERT INTO "event" VALUES(6,'01a1ffce-3d14-73d9-a22b-58081e36f115','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.7952930685645885467e+09,'{"schema":1,"id":"01a1ffce-3d14-73d9-a22b-58081e36f115","site":"site","printer":"p2","at":1795293068.5645885,"kind":"pause.pausing","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":""}');
INSERT INTO "event" VALUES(7,'01a1ffce-4108-7005-bddb-95ff7519e002','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.7952930695768771172e+09,'{"schema":1,"id":"01a1ffce-4108-7005-bddb-95ff7519e002","site":"site","printer":"p2","at":1795293069.576877,"kind":"pause.confirmed","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":"the printer says itself that it is paused"}');
INSERT INTO "event" VALUES(8,'01a1ffce-42cd-7d7a-ad5b-046329e60acb','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529307002910709385e+09,'{"schema":1,"id":"01a1ffce-42cd-7d7a-ad5b-046329e60acb","site":"site","printer":"p2","at":1795293070.029107,"kind":"acknowledged","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":"Marie"}');
INSERT INTO "event" VALUES(9,'01a1ffce-42d3-7e41-ac41-24af8d451ea9','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529307003503251077e+09,'{"schema":1,"id":"01a1ffce-42d3-7e41-ac41-24af8d451ea9","site":"site","printer":"p2","at":1795293070.0350325,"kind":"false_alarm","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":"Marie"}');
INSERT INTO "event" VALUES(10,'01a1ffce-42d3-70d5-97c7-bec334ceaeca','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529307003503251077e+09,'{"schema":1,"id":"01a1ffce-42d3-70d5-97c7-bec334ceaeca","site":"site","printer":"p2","at":1795293070.0350325,"kind":"resume.asked","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":"Marie"}');
INSERT INTO "event" VALUES(11,'01a1ffce-42d5-7d13-8d26-39801656e12e','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529307003769707682e+09,'{"schema":1,"id":"01a1ffce-42d5-7d13-8d26-39801656e12e","site":"site","printer":"p2","at":1795293070.037697,"kind":"confirmed","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":"Marie"}');
INSERT INTO "event" VALUES(12,'01a1ffce-42dd-7547-b40e-d4bd5a7ec8eb',NULL,'p4',1.79529307004563164706e+09,'{"schema":1,"id":"01a1ffce-42dd-7547-b40e-d4bd5a7ec8eb","site":"site","printer":"p4","at":1795293070.0456316,"kind":"disarmed","incident":null,"detail":"Marie"}');
INSERT INTO "event" VALUES(13,'01a1ffce-42f0-7b81-94ab-224456cf5c11',NULL,'p4',1795293070.06485,'{"schema":1,"id":"01a1ffce-42f0-7b81-94ab-224456cf5c11","site":"site","printer":"p4","at":1795293070.06485,"kind":"muted","incident":null,"detail":"Marie, for 60 minutes"}');
INSERT INTO "event" VALUES(14,'01a1ffce-44d4-79ea-b3e6-51368a3244e5','01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529307054852056506e+09,'{"schema":1,"id":"01a1ffce-44d4-79ea-b3e6-51368a3244e5","site":"site","printer":"p2","at":1795293070.5485206,"kind":"incident.closed","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","detail":"the job ended"}');
INSERT INTO "event" VALUES(15,'01a1ffce-45b6-787d-8ad7-ba8baa736985',NULL,'p2',1.7952930707745277882e+09,'{"schema":1,"id":"01a1ffce-45b6-787d-8ad7-ba8baa736985","site":"site","printer":"p2","at":1795293070.7745278,"kind":"recovered","incident":null,"detail":""}');
INSERT INTO "event" VALUES(16,'01a1ffce-4746-7d5c-9388-f7ed34d9d82f',NULL,'p1',1.79529307117439031605e+09,'{"schema":1,"id":"01a1ffce-4746-7d5c-9388-f7ed34d9d82f","site":"site","printer":"p1","at":1795293071.1743903,"kind":"pause.confirmed","incident":null,"detail":"paused"}');
INSERT INTO "event" VALUES(17,'01a1ffce-4746-705c-9725-574532950788',NULL,'p3',1.79529307117492508893e+09,'{"schema":1,"id":"01a1ffce-4746-705c-9725-574532950788","site":"site","printer":"p3","at":1795293071.174925,"kind":"pause.confirmed","incident":null,"detail":"paused"}');
CREATE TABLE evidence (incident TEXT PRIMARY KEY REFERENCES incident (id), jpeg BLOB NOT NULL) STRICT;
INSERT INTO "evidence" VALUES('01a1ffce-3cde-75cd-a0c1-efe4706d156a',X'FFD8FFE000104A46494600010100000100010000FFDB0043001B12141714111B1716171E1C1B2028422B28252528513A3D3042605565645F555D5B6A7899816A7190735B5D85B586909EA3ABADAB6780BCC9BAA6C799A8ABA4FFDB0043011C1E1E2823284E2B2B4EA46E5D6EA4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4A4FFC0001108000C001003012200021101031101FFC4001F0000010501010101010100000000000000000102030405060708090A0BFFC400B5100002010303020403050504040000017D01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FAFFC4001F0100030101010101010101010000000000000102030405060708090A0BFFC400B51100020102040403040705040400010277000102031104052131061241510761711322328108144291A1B1C109233352F0156272D10A162434E125F11718191A262728292A35363738393A434445464748494A535455565758595A636465666768696A737475767778797A82838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE2E3E4E5E6E7E8E9EAF2F3F4F5F6F7F8F9FAFFDA000C03010002110311003F00CB82C27B98A39001B08EA4E31DA9B7F632DB01215DF19EAC2B6F46456D3A104671BBF99A8F59BF96D1047124655860EE5CD61ED5F37297CBA5CFFFD9');
CREATE TABLE incident (
        id TEXT PRIMARY KEY,           -- UUIDv7: text order is time order
        printer TEXT NOT NULL,
        opened_at REAL NOT NULL,
        closed_at REAL,
        body TEXT NOT NULL,            -- the payload of the topic "incident" (monitor/wire.py)
        progress TEXT NOT NULL         -- what monitor/incidents needs to go on after a restart
    ) STRICT;
INSERT INTO "incident" VALUES('01a1ffce-3cde-75cd-a0c1-efe4706d156a','p2',1.79529306851078891758e+09,1.79529307054852056506e+09,'{"schema":1,"id":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","site":"site","printer":"p2","opened_at":1795293068.510789,"class":"spaghetti","score":0.9992133975028992,"boxes":[{"class":"spaghetti","x":0.10344827586206896,"y":0.18181818181818182,"width":0.7586206896551724,"height":0.5909090909090909,"score":0.9989076852798462}],"model_sha256":"a548e41fe5ad0f169a58254585ebd383f2bc0f8479bc6f6a62dc9d70efac0e5f","parameters":{"threshold":0.8959,"suspect_after_s":1.0,"fail_after_s":2.0,"recover_after_s":5.0,"blind_after_s":2.0,"camera_threshold":0.8959},"action":"pause","status":"closed","pause_id":"01a1ffce-3cde-7c5e-add9-96c569ed57cb","closed_at":1795293070.5485206,"acknowledged_by":"Marie","detail":"the job ended","job":"vase-1.gcode","acts_at":null,"cause":null,"job_progress":0.51,"job_left_s":null,"software":"0.1.0","frame_taken_at":1795293068.4985285}','{"pause":{"id":"01a1ffce-3cde-7c5e-add9-96c569ed57cb","site":"site","printer":"p2","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","issued_at":1795293068.510789,"expires_at":1795293128.510789,"reason":"spaghetti seen with 100%"},"is_sent":true,"resend_at":1795293078.5645885,"last_answer":"paused","stopped_at":1795293069.576877,"resumed_by":"Marie","steps":["accepted","ordered","pausing"],"paused_by":"vigie"}');
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
INSERT INTO "notice" VALUES('01a1ffce-410f-754b-b313-4396f1f5d239','01a1ffce-3cde-75cd-a0c1-efe4706d156a','paused','lea',1.79529306958332610134e+09,NULL,0,'');
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
INSERT INTO "standing" VALUES('p4','{"printer":"p4","armed":false,"muted_until":1795296670.0648434,"let_print_job":null}');
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
INSERT INTO "verdict" VALUES('01a1ffce-42d3-796a-9355-62629c42fb15','p2','01a1ffce-3cde-75cd-a0c1-efe4706d156a','false_alarm',1.79529307003503251077e+09,NULL,'{"schema":1,"id":"01a1ffce-42d3-796a-9355-62629c42fb15","printer":"p2","kind":"false_alarm","by":"Marie","at":1795293070.0350325,"frame_taken_at":1795293068.4985285,"score":0.9992133975028992,"boxes":[{"class":"spaghetti","x":0.10344827586206896,"y":0.18181818181818182,"width":0.7586206896551724,"height":0.5909090909090909,"score":0.9989076852798462}],"model_sha256":"a548e41fe5ad0f169a58254585ebd383f2bc0f8479bc6f6a62dc9d70efac0e5f","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","class":"spaghetti","reason":"","view":"","withdrawn_by":null,"withdrawn_at":null}');
INSERT INTO "verdict" VALUES('01a1ffce-42d5-79ef-950f-236418fddd6e','p2','01a1ffce-3cde-75cd-a0c1-efe4706d156a','confirmed',1.79529307003769707682e+09,NULL,'{"schema":1,"id":"01a1ffce-42d5-79ef-950f-236418fddd6e","printer":"p2","kind":"confirmed","by":"Marie","at":1795293070.037697,"frame_taken_at":1795293068.4985285,"score":0.9992133975028992,"boxes":[{"class":"spaghetti","x":0.10344827586206896,"y":0.18181818181818182,"width":0.7586206896551724,"height":0.5909090909090909,"score":0.9989076852798462}],"model_sha256":"a548e41fe5ad0f169a58254585ebd383f2bc0f8479bc6f6a62dc9d70efac0e5f","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","class":"spaghetti","reason":"","view":"","withdrawn_by":null,"withdrawn_at":null}');
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
PRAGMA user_version = 3;
