BEGIN TRANSACTION;
CREATE TABLE pause (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        printer TEXT NOT NULL,
        id TEXT NOT NULL,
        command TEXT NOT NULL,         -- the payload of the topic "pause" (monitor/wire.py)
        accepted_at REAL NOT NULL,     -- this and the times below: on the clock of the process that wrote the row
        ordered_at REAL,
        pausing_at REAL,
        result TEXT,                   -- the payload of the topic "pause/result"
        boot TEXT NOT NULL,            -- which start of the machine this was, and how much more than its uptime that
        offset_s REAL NOT NULL,        -- clock said: see carried_over in monitor/agent/pauses.py
        UNIQUE (printer, id)
    ) STRICT;
INSERT INTO "pause" VALUES(1,'p2','01a1ffce-3cde-7c5e-add9-96c569ed57cb','{"schema":1,"id":"01a1ffce-3cde-7c5e-add9-96c569ed57cb","site":"site","printer":"p2","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","issued_at":1795293068.510789,"expires_at":1795293128.510789,"reason":"spaghetti seen with 100%"}',1.79529306851382040974e+09,1.79529306851671361915e+09,1.79529306856369423863e+09,'{"schema":1,"id":"01a1ffce-3cde-7c5e-add9-96c569ed57cb","printer":"p2","result":"paused","ms":1062,"detail":"","paused_by":"vigie"}','11c3d9be-aca2-45b5-9909-45756d58da21',1.79522437411469411847e+09);
INSERT INTO "pause" VALUES(5,'p1','01a1ffce-42e5-7fe6-9b98-3f1cffae42f2','{"schema":1,"id":"01a1ffce-42e5-7fe6-9b98-3f1cffae42f2","site":"site","printer":"p1","incident":"","issued_at":1795293070.0530093,"expires_at":1795293130.0530093,"reason":"Marie asked for it"}',1.79529307006013417241e+09,1.79529307006268191342e+09,1.79529307016118764876e+09,'{"schema":1,"id":"01a1ffce-42e5-7fe6-9b98-3f1cffae42f2","printer":"p1","result":"paused","ms":1109,"detail":"","paused_by":"vigie"}','11c3d9be-aca2-45b5-9909-45756d58da21',1.79522437411469411847e+09);
INSERT INTO "pause" VALUES(7,'p3','01a1ffce-42ed-7633-8917-9185c1e39968','{"schema":1,"id":"01a1ffce-42ed-7633-8917-9185c1e39968","site":"site","printer":"p3","incident":"","issued_at":1795293070.061424,"expires_at":1795293130.061424,"reason":"Marie asked for it"}',1795293070.0628,1.79529307011296653745e+09,1.79529307016207265853e+09,'{"schema":1,"id":"01a1ffce-42ed-7633-8917-9185c1e39968","printer":"p3","result":"paused","ms":1107,"detail":"","paused_by":"vigie"}','11c3d9be-aca2-45b5-9909-45756d58da21',1.79522437411469078065e+09);
CREATE TABLE resumed (             -- the wish to resume that was carried out last
        printer TEXT PRIMARY KEY,
        wish TEXT NOT NULL             -- the payload of the topic "command"
    ) STRICT;
INSERT INTO "resumed" VALUES('p2','{"schema":1,"printer":"p2","kind":"resume","by":"Marie","at":1795293070.035025,"minutes":null,"reason":"","incident":"01a1ffce-3cde-75cd-a0c1-efe4706d156a","verdict":null,"frame_taken_at":null}');
INSERT INTO "resumed" VALUES('p3','{"schema":1,"printer":"p3","kind":"resume","by":"Marie","at":1795293095.4153876,"minutes":null,"reason":"","incident":null,"verdict":null,"frame_taken_at":null}');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('pause',12);
COMMIT;
PRAGMA user_version = 1;
