-- The shape of a Glucokeep database, and its only truth. A new box is made
-- from this file alone; app/store/migrate.go takes older boxes here step by
-- step. Instants are unix milliseconds UTC in columns ending _ms, durations
-- milliseconds in columns ending _for_ms, days are UTC day numbers since
-- 1970-01-01. "key" is a random 128-bit name that may appear in an address;
-- "id" never leaves the box.

PRAGMA application_id = 0x676C6B70; -- "glkp"
PRAGMA user_version = 1;

-- ---------------------------------------------------------------- people

-- A person whose data is kept. A person need not be able to sign in.
CREATE TABLE person (
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  zone       TEXT NOT NULL,                                        -- IANA time zone of their days
  unit       TEXT NOT NULL CHECK (unit IN ('mg/dL', 'mmol/L')),    -- unit on their own pages
  ranges     TEXT NOT NULL DEFAULT 'standard'                      -- a preset of the consensus, or their own_range
             CHECK (ranges IN ('standard', 'older', 'pregnancy', 'pregnancy-other', 'own')),
  night_from  INTEGER NOT NULL DEFAULT 22 CHECK (night_from BETWEEN 0 AND 23),   -- hours of their clock
  night_until INTEGER NOT NULL DEFAULT 6 CHECK (night_until BETWEEN 0 AND 23),
  born       TEXT NOT NULL DEFAULT '' CHECK (born = '' OR born GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'), -- for reports alone
  record_no  TEXT NOT NULL DEFAULT '' CHECK (length(record_no) <= 60),           -- of a clinic, for reports alone
  created_ms INTEGER NOT NULL,
  CHECK (night_from <> night_until)
) STRICT;

-- The limits of a person whose ranges are 'own', in thousandths of both units,
-- since a reading is judged in its native one. They stay when a preset is
-- chosen again. A very high of 0 is no such band.
CREATE TABLE own_range (
  person         INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  very_low_mgdl  INTEGER NOT NULL, low_mgdl INTEGER NOT NULL, high_mgdl INTEGER NOT NULL, very_high_mgdl INTEGER NOT NULL,
  very_low_mmol  INTEGER NOT NULL, low_mmol INTEGER NOT NULL, high_mmol INTEGER NOT NULL, very_high_mmol INTEGER NOT NULL,
  CHECK (54000 <= very_low_mgdl AND very_low_mgdl < low_mgdl AND low_mgdl < high_mgdl AND (very_high_mgdl = 0 OR high_mgdl < very_high_mgdl)),
  CHECK (3000 <= very_low_mmol AND very_low_mmol < low_mmol AND low_mmol < high_mmol AND (very_high_mmol = 0 OR high_mmol < very_high_mmol)),
  CHECK ((very_high_mgdl = 0) = (very_high_mmol = 0))
) STRICT;

-- An account is somebody who signs in. It owns no data by itself: grants do that.
CREATE TABLE account (
  id          INTEGER PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,
  email       TEXT NOT NULL COLLATE NOCASE UNIQUE,
  name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  password    TEXT,                                                -- argon2id in PHC form; NULL: no password
  password_lists     TEXT NOT NULL DEFAULT '',                     -- lists of published passwords that it was compared with
  password_listed_ms INTEGER,                                      -- when it was found on one: it opens nothing but the page to change it
  password_short_ms  INTEGER,                                      -- when it was found too short to stand alone: the same
  admin       INTEGER NOT NULL DEFAULT 0 CHECK (admin IN (0, 1)),  -- manages the box; reads nobody's data by that
  epoch       INTEGER NOT NULL DEFAULT 1,                          -- rises when every credential must end
  known_epoch INTEGER NOT NULL DEFAULT 1,                          -- rises when no device and no network must be known any more
  lang        TEXT NOT NULL DEFAULT '',                            -- '' follows the browser
  unit        TEXT NOT NULL DEFAULT '' CHECK (unit IN ('', 'mg/dL', 'mmol/L')),
  clock       TEXT NOT NULL DEFAULT '' CHECK (clock IN ('', '12', '24')),
  theme       TEXT NOT NULL DEFAULT '' CHECK (theme IN ('', 'light', 'dark', 'bedside')), -- '' follows the system
  confirmed_ms INTEGER,                                            -- when a link sent or handed to email was used; NULL: not yet
  created_ms  INTEGER NOT NULL,
  disabled_ms INTEGER,
  handle      BLOB NOT NULL DEFAULT (randomblob(64)) UNIQUE CHECK (length(handle) = 64) -- what passkeys know the account by: says nothing of it
) STRICT;

-- Who may do what with whose data. Rows end; they are never deleted, since the
-- ledger and credentials refer to them. Package share alone reads a decision
-- out of them.
CREATE TABLE grant (
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  person     INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  role       TEXT NOT NULL CHECK (role IN ('owner')),
  epoch      INTEGER NOT NULL DEFAULT 1,  -- rises when every credential of the grant must end
  from_ms    INTEGER NOT NULL,
  until_ms   INTEGER,                     -- NULL: no end
  revoked_ms INTEGER,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX grant_by_account ON grant (account, person);
CREATE INDEX grant_by_person ON grant (person);

-- Everything that lets somebody in without a password typed just now. One
-- table for all kinds, so that taking access back is one statement. A row
-- whose epochs are not those of its account and grant is dead. Ended rows stay
-- as tombstones until expires_ms, so that a slow request cannot revive them.
CREATE TABLE credential (
  id         INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('session',
             'half',    -- a password was right and a second factor is owed: opens the page for its code alone
             'device',  -- a browser that owes no second factor at sign-in
             'reset',   -- a link from the console by which an owner sets a new password
             'renew',   -- the same from the page of who manages the box: second factors stay; state says from when it works
             'welcome')), -- a link by which somebody sets the first password of a new account
  secret     TEXT NOT NULL UNIQUE,        -- hash of the token; the token itself is kept nowhere
  account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  epoch      INTEGER NOT NULL,            -- the account's epoch when it was made
  grant       INTEGER REFERENCES grant (id) ON DELETE CASCADE, -- NULL: all that the account may
  grant_epoch INTEGER,
  state      BLOB,                        -- what the kind keeps, e.g. the session's values
  origin     TEXT,                        -- ledger_origin of its making
  created_ms INTEGER NOT NULL,
  active_ms  INTEGER NOT NULL,            -- last act of a person, not of a poll
  expires_ms INTEGER NOT NULL,
  ended_ms   INTEGER
) STRICT;
CREATE INDEX credential_by_account ON credential (account, kind);

-- The last time that an account was used at once from two places strange to it:
-- its password may be known to several. The two sessions go by names of their own.
CREATE TABLE shared_password (
  account      INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  first        TEXT NOT NULL,
  second       TEXT NOT NULL,
  raised_ms    INTEGER NOT NULL,
  dismissed_ms INTEGER -- when its owner had the warning go away
) STRICT;

-- Links that prove an e-mail address or undo its change. They let nobody in.
-- Each is used once; the token itself is kept nowhere.
CREATE TABLE address_link (
  id         INTEGER PRIMARY KEY,
  secret     TEXT NOT NULL UNIQUE,    -- hash of the token
  kind       TEXT NOT NULL CHECK (kind IN ('confirm', 'undo')),
  account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  address    TEXT NOT NULL,           -- that is proven, or taken again
  epoch      INTEGER NOT NULL,        -- the account's when it was made; 'confirm' dies with it, 'undo' must not
  confirmed_ms INTEGER,               -- 'undo' only: when that address was proven
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  ended_ms   INTEGER                  -- used, or made void by another
) STRICT;
CREATE INDEX address_link_by_account ON address_link (account);

-- Mails that are to be sent or were. Their words are put together when they
-- are sent; what they say besides their kind is sealed and goes away with the
-- sending, the rest stays so that a reader can ask whether a mail is ours.
CREATE TABLE mail (
  id         INTEGER PRIMARY KEY,
  ref        TEXT NOT NULL UNIQUE,    -- reference code in the mail; of a repeated mail it is the same
  kind       TEXT NOT NULL,
  account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  address    TEXT NOT NULL,           -- where it goes
  words      TEXT,                    -- sealed JSON; NULL when it is over
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
  answer     TEXT NOT NULL DEFAULT '', -- what the last try ended with: a word of ours, and the server's code
  tries      INTEGER NOT NULL DEFAULT 0,
  next_ms    INTEGER NOT NULL,        -- not tried before
  until_ms   INTEGER NOT NULL,        -- not tried after
  created_ms INTEGER NOT NULL,
  done_ms    INTEGER,
  CHECK ((words IS NULL) = (done_ms IS NOT NULL))
) STRICT;
CREATE INDEX mail_waiting ON mail (next_ms) WHERE state = 'waiting';
CREATE INDEX mail_by_account ON mail (account, created_ms);

-- A second factor of an account. One that was made and not confirmed counts
-- for nothing. The secret of an authenticator app lies sealed in secret, what
-- is known of a passkey in passkey.
CREATE TABLE factor (
  id           INTEGER PRIMARY KEY,
  key          TEXT NOT NULL UNIQUE,
  account      INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind         TEXT NOT NULL CHECK (kind IN ('totp', 'passkey')),
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  last_step    INTEGER NOT NULL DEFAULT 0, -- the newest step of 30 s whose code was taken: no code is taken twice
  created_ms   INTEGER NOT NULL,
  tested_ms    INTEGER,                    -- its first right code
  confirmed_ms INTEGER,                    -- it counts since
  used_ms      INTEGER,
  disabled_ms  INTEGER                     -- perhaps copied: it opens nothing, and is owed all the same
) STRICT;
CREATE INDEX factor_by_account ON factor (account);

-- A passkey: the public half of a key that its owner's device keeps. Nothing
-- in here lets anybody in.
CREATE TABLE passkey (
  factor     INTEGER PRIMARY KEY REFERENCES factor (id) ON DELETE CASCADE,
  credential BLOB NOT NULL UNIQUE CHECK (length(credential) BETWEEN 1 AND 1023), -- of all accounts
  public     BLOB NOT NULL,      -- COSE key
  rp         TEXT NOT NULL,      -- host of the box when it was made: it works under no other
  count      INTEGER NOT NULL,   -- signatures so far, as it says itself; synced ones say 0
  flags      INTEGER NOT NULL,   -- of its last answer: who was there, whether it is synced
  transports TEXT NOT NULL       -- ways to reach it, as the browser knows them: 'internal,hybrid'
) STRICT;

-- Yearly check-ups of an account's security, one row a run: what its owner said
-- to each item, "right" or "open".
CREATE TABLE checkup (
  id       INTEGER PRIMARY KEY,
  account  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  items    TEXT NOT NULL,                  -- JSON: item → answer
  begun_ms INTEGER NOT NULL,
  done_ms  INTEGER                         -- NULL: it goes on
) STRICT;
CREATE INDEX checkup_by_account ON checkup (account, id);

-- Codes that stand in once for a password or a second factor. Of each only
-- HMAC-SHA-256 is kept, under a key of the set that lies sealed in secret.
CREATE TABLE recovery_code (
  hash       TEXT PRIMARY KEY,
  account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_ms INTEGER NOT NULL,
  saved_ms   INTEGER, -- when their owner said that they are kept safe
  used_ms    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_code_by_account ON recovery_code (account);

-- When an account was last reminded to look at its ways back in, and when its
-- owner last said that all is current.
CREATE TABLE recovery_check (
  account     INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  reminded_ms INTEGER,
  answered_ms INTEGER
) STRICT;

-- Whom an account trusts to let it in again: two of three together can. Rows
-- end; an agreement that began anew is another row, and young.
CREATE TABLE recovery_partner (
  id          INTEGER PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,
  account     INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  partner     INTEGER REFERENCES account (id) ON DELETE CASCADE, -- NULL: nobody has the address, which whoever named it must not learn
  address     TEXT NOT NULL,              -- as it was named
  created_ms  INTEGER NOT NULL,
  agreed_ms   INTEGER,
  aged_for_ms INTEGER NOT NULL DEFAULT -1, -- how long the box ran since they agreed, by no clock that can be set; -1: it did not count yet
  ended_ms    INTEGER,                    -- by either of the two
  CHECK (partner <> account),
  CHECK (agreed_ms IS NULL OR partner IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX recovery_partner_once ON recovery_partner (account, address) WHERE ended_ms IS NULL;
CREATE UNIQUE INDEX recovery_partner_one ON recovery_partner (account, partner) WHERE ended_ms IS NULL;
CREATE INDEX recovery_partner_by_partner ON recovery_partner (partner) WHERE ended_ms IS NULL;

-- Requests to be let in again by those whom an account trusts. One is open an
-- account; it dies with the account's epoch.
CREATE TABLE recovery_request (
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  secret     TEXT NOT NULL UNIQUE, -- hash of the token of the browser that asked, the only one that it is for
  account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  epoch      INTEGER NOT NULL,     -- the account's when it was made
  code       TEXT NOT NULL,        -- keyed hash of what that browser shows
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  ended_ms   INTEGER,
  ending     TEXT CHECK (ending IN ('used', 'stopped', 'replaced')),
  CHECK ((ended_ms IS NULL) = (ending IS NULL))
) STRICT;
CREATE UNIQUE INDEX recovery_request_once ON recovery_request (account) WHERE ended_ms IS NULL;

-- Who may vouch for a request, written when it is made: whoever agreed too
-- late, or again, has no row. Each vouches once.
CREATE TABLE recovery_vouch (
  request     INTEGER NOT NULL REFERENCES recovery_request (id) ON DELETE CASCADE,
  partner     INTEGER NOT NULL REFERENCES recovery_partner (id) ON DELETE CASCADE,
  vouched_ms  INTEGER,
  aged_for_ms INTEGER NOT NULL DEFAULT -1, -- as of recovery_partner, since then
  PRIMARY KEY (request, partner)
) STRICT, WITHOUT ROWID;

-- Failed sign-ins per bucket (account and device, address prefix, whole box).
CREATE TABLE throttle (
  bucket   TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  streak   INTEGER NOT NULL DEFAULT 0, -- failures since the last success, however long ago; of a ceiling: its level at last_ms
  last_ms  INTEGER NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Networks from which an account was signed in, so that guesses from elsewhere
-- cannot keep its owner out there. Of a network only a keyed hash is kept, which
-- also covers the epochs of the account: what rises them forgets its networks.
CREATE TABLE known_network (
  network TEXT PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  last_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX known_network_by_account ON known_network (account, last_ms);

-- What the box must be able to read again and nobody else may: the password of
-- its mail server, the phrase in somebody's mails. Each is sealed with a key that is not in this file, for its
-- own row (AES-256-GCM bound to table, column, row and key).
CREATE TABLE secret (
  name    TEXT PRIMARY KEY,      -- kind of secret, and whose: 'mail', 'phrase ACCOUNT', 'totp ACCOUNT FACTOR', 'recovery ACCOUNT'
  account INTEGER REFERENCES account (id) ON DELETE CASCADE, -- NULL: of the box
  sealed  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Facts about the box itself: its name, zone and unit, the hash of the set-up
-- code, where the set-up stands, how the last check ended, its mail server, how
-- far the ledger reaches.
CREATE TABLE box (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- ledger

-- Who did or saw what. Append only; each hash covers the row and the hash
-- before it with a key that is not in this file. How far it reaches stands in
-- box under the same key. Holds no name, address, token or health value: actor,
-- behalf, person and origin are random ids whose meaning is in the two tables
-- below and can be erased there.
CREATE TABLE ledger (
  seq     INTEGER PRIMARY KEY,
  at_ms   INTEGER NOT NULL,
  boot    TEXT NOT NULL,       -- random id of the process that wrote it
  actor   TEXT NOT NULL,       -- ledger_subject
  behalf  TEXT NOT NULL,       -- ledger_subject, '' mostly
  person  TEXT NOT NULL,       -- ledger_subject whose data it is about, '' if nobody's
  action  TEXT NOT NULL,       -- e.g. 'view.begin', 'import', 'sign-in'
  object  TEXT NOT NULL,       -- e.g. 'page:profile', 'upload:KEY'
  result  TEXT NOT NULL CHECK (result IN ('ok', 'refused', 'failed')),
  origin  TEXT NOT NULL,       -- ledger_origin, '' for the console
  request TEXT NOT NULL,       -- id of the request in the operational log
  detail  TEXT NOT NULL,       -- JSON
  key     TEXT NOT NULL,       -- name of the key that the hash is made with
  hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX ledger_by_person ON ledger (person, seq);
CREATE INDEX ledger_of_sign_ins ON ledger (actor, seq) WHERE action IN ('sign-in', 'sign-in.half', 'step-up', 'account.password-own');
CREATE INDEX ledger_of_marks ON ledger (object, seq) WHERE action IN ('account.reset-link', 'account.reset', 'account.password', 'ledger.cut',
  'account.renew-link', 'account.renew-stopped', 'account.renewed', 'account.disabled', 'account.enabled', 'account.admin-given', 'account.admin-taken', 'account.recovered');
CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_only_grows BEFORE INSERT ON ledger WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_never_shortened BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- The names behind the ledger's random ids.
CREATE TABLE ledger_subject (
  subject TEXT PRIMARY KEY,
  kind    TEXT NOT NULL CHECK (kind IN ('account', 'person', 'console', 'box', 'unknown')),
  account INTEGER UNIQUE,
  person  INTEGER UNIQUE,
  name    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The address and device behind the ledger's random ids.
CREATE TABLE ledger_origin (
  origin TEXT PRIMARY KEY,
  ip     TEXT NOT NULL,
  device TEXT NOT NULL,
  UNIQUE (ip, device)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- where data comes from

-- One device as one kind of file or link saw it.
CREATE TABLE source (
  id           INTEGER PRIMARY KEY,
  person       INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  format       TEXT NOT NULL,
  device       TEXT NOT NULL,
  serial       TEXT NOT NULL,
  interval_min INTEGER NOT NULL DEFAULT 0 CHECK (interval_min BETWEEN 0 AND 60), -- cadence of its readings
  zone         TEXT NOT NULL DEFAULT '', -- zone its wall clock was read in; '*' when it was read in several
  UNIQUE (person, format, device, serial)
) STRICT;
CREATE INDEX source_by_serial ON source (format, serial);

-- One import, or one uploader's readings of one UTC day. Undone as a whole.
CREATE TABLE upload (
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  person     INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  account    INTEGER REFERENCES account (id) ON DELETE SET NULL, -- NULL: the console
  kind       TEXT NOT NULL CHECK (kind IN ('file', 'live')),
  live       TEXT UNIQUE,             -- 'live' only: uploader and day
  format     TEXT NOT NULL,
  label      TEXT NOT NULL,           -- file name as the person knows it
  zone       TEXT NOT NULL,           -- zone chosen for wall clocks
  options    TEXT NOT NULL,           -- JSON: the person's answers, to read the original again
  bytes      INTEGER NOT NULL,        -- size of the original
  sha256     BLOB,                    -- of the original
  report     TEXT NOT NULL,           -- JSON: counts and reasons as shown when it was made
  created_ms INTEGER NOT NULL,
  undone_ms  INTEGER
) STRICT;
CREATE INDEX upload_by_person ON upload (person, created_ms);

-- The original bytes of an upload, zstd, cut into pieces.
CREATE TABLE upload_chunk (
  upload INTEGER NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
  n      INTEGER NOT NULL,
  bytes  BLOB NOT NULL,
  PRIMARY KEY (upload, n)
) STRICT;

-- Which sources an upload spoke of, and for which time: what must be read
-- again when another upload of the same source is undone.
CREATE TABLE upload_source (
  upload   INTEGER NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
  source   INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  first_ms INTEGER NOT NULL,
  last_ms  INTEGER NOT NULL,
  PRIMARY KEY (upload, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_source_by_source ON upload_source (source);

-- What stood there before a record was changed.
CREATE TABLE revision (
  id         INTEGER PRIMARY KEY,
  person     INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,           -- table of the record, or 'glucose'
  source     INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  record     TEXT NOT NULL,           -- key of the record; for glucose its at_ms
  act        TEXT NOT NULL CHECK (act IN ('changed', 'removed', 'restored')),
  original   TEXT NOT NULL,           -- JSON; 'null' of one that was restored: nothing stood there
  received_ms INTEGER NOT NULL,       -- when what stood there had come in
  upload     INTEGER REFERENCES upload (id) ON DELETE SET NULL, -- that changed it
  account    INTEGER REFERENCES account (id) ON DELETE SET NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX revision_by_record ON revision (person, kind, record);

-- ---------------------------------------------------------------- glucose

-- Sensor readings of one source and one UTC day in one page, whose form is in
-- docs/data-model.md. The view glucose below shows them as rows.
CREATE TABLE glucose_day (
  id          INTEGER PRIMARY KEY,
  person      INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  day         INTEGER NOT NULL,
  source      INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  modified_ms INTEGER NOT NULL,
  page        BLOB NOT NULL,
  UNIQUE (person, day, source)
) STRICT;
CREATE INDEX glucose_day_by_modified ON glucose_day (person, modified_ms);

-- The statistics of each page, written with it. Counts are of readings that
-- statistics count (no scans, nothing deleted), classes by the standard
-- ranges in the native unit. Never used for a local day.
CREATE TABLE glucose_stat (
  person    INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  day       INTEGER NOT NULL,
  source    INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  n         INTEGER NOT NULL,
  very_low  INTEGER NOT NULL,
  low       INTEGER NOT NULL,
  target    INTEGER NOT NULL,
  high      INTEGER NOT NULL,
  very_high INTEGER NOT NULL,
  sum       REAL NOT NULL,             -- mg/dL
  sum_sq    REAL NOT NULL,             -- (mg/dL)²
  min       REAL NOT NULL,             -- mg/dL
  max       REAL NOT NULL,             -- mg/dL
  first_ms  INTEGER NOT NULL,
  last_ms   INTEGER NOT NULL,
  histogram BLOB NOT NULL,             -- uvarint counts of 5 mg/dL steps from 0, trailing zeros cut
  PRIMARY KEY (person, day, source)
) STRICT, WITHOUT ROWID;

-- The newest reading of each person.
CREATE TABLE glucose_latest (
  person INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  at_ms  INTEGER NOT NULL
) STRICT;

-- For people at a console (glucokeep sql): pages as rows. value is in unit;
-- filter by person and day, not by at_ms alone, or every page is decoded.
CREATE VIRTUAL TABLE glucose_page USING glucokeep_page;
CREATE VIEW glucose AS
  SELECT d.person, d.source, d.day, r.at_ms, r.value, r.unit, r.mg_dl, r.flag, r.scan, r.trend,
         r.offset_min, r.quality, r.received_ms, r.modified_ms, r.upload
  FROM glucose_day AS d, glucose_page(d.page, d.day) AS r
  WHERE r.deleted = 0;

-- ---------------------------------------------------------------- sparse records

-- What every sparse record has; its own columns are in the table named by
-- kind. key is the source's own id or one made from wall clock and value, so
-- that the same record cannot come in twice.
CREATE TABLE record (
  id          INTEGER PRIMARY KEY,
  person      INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  kind        TEXT NOT NULL CHECK (kind IN ('fingerstick', 'calibration', 'ketone', 'dose', 'basal', 'daily_total',
                                            'carbs', 'activity', 'note', 'alarm', 'setting', 'event')),
  source      INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  key         TEXT NOT NULL,
  at_ms       INTEGER NOT NULL,
  offset_min  INTEGER NOT NULL,                                  -- device clock, minutes east of UTC
  quality     INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 3),  -- how the instant was found: record.Quality
  upload      INTEGER NOT NULL REFERENCES upload (id),
  received_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  extra       TEXT,                                              -- JSON: what the source said besides
  UNIQUE (person, source, kind, key)
) STRICT;
CREATE INDEX record_by_time ON record (person, kind, at_ms);
CREATE INDEX record_by_upload ON record (upload);

CREATE TABLE fingerstick (
  record INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  milli  INTEGER NOT NULL,                                       -- thousandths of unit
  unit   TEXT NOT NULL CHECK (unit IN ('mg/dL', 'mmol/L')),
  flags  INTEGER NOT NULL,                                       -- record.Flags
  meter  TEXT NOT NULL
) STRICT;

CREATE TABLE calibration (
  record   INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  milli    INTEGER NOT NULL,
  unit     TEXT NOT NULL CHECK (unit IN ('mg/dL', 'mmol/L')),
  rejected INTEGER NOT NULL CHECK (rejected IN (0, 1))
) STRICT;

CREATE TABLE ketone (
  record INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  mmol_l REAL NOT NULL CHECK (mmol_l BETWEEN 0 AND 30)
) STRICT;

CREATE TABLE dose (
  record      INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  delivery    TEXT NOT NULL CHECK (delivery IN ('normal', 'extended', 'dual', 'injection')),
  insulin     TEXT NOT NULL CHECK (insulin IN ('', 'rapid', 'long')),
  units       REAL NOT NULL CHECK (units BETWEEN 0 AND 100),     -- delivered in all
  programmed  REAL NOT NULL,                                     -- units asked for, 0: not said
  extended    REAL NOT NULL,                                     -- units given over lasts_ms
  lasts_ms    INTEGER NOT NULL,
  automated   INTEGER NOT NULL CHECK (automated IN (0, 1)),
  recommended REAL,                                              -- units the calculator proposed
  carbs_g     REAL NOT NULL,                                     -- told to the calculator
  unspecified INTEGER NOT NULL CHECK (unspecified IN (0, 1))     -- taken, amount not written down
) STRICT;

CREATE TABLE basal (
  record   INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  basal    TEXT NOT NULL CHECK (basal IN ('scheduled', 'temp', 'automated', 'suspend')),
  rate_u_h REAL NOT NULL CHECK (rate_u_h BETWEEN 0 AND 50),
  percent  REAL,
  lasts_ms INTEGER NOT NULL                                      -- 0: until the next
) STRICT;

-- The basal rates of one person and UTC day in one page, whose form is in
-- docs/data-model.md: what reports of many days read, since a closed loop
-- writes a rate every five minutes. The records are the truth; the pages are
-- made of them in the transaction that changes them (app/store/basals.go).
CREATE TABLE basal_page (
  person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  day    INTEGER NOT NULL,
  page   BLOB NOT NULL,
  PRIMARY KEY (person, day)
) STRICT;

-- The days whose page is to be made anew before the transaction ends. The
-- triggers below see every way in which a basal rate can come, change or go,
-- so none can be forgotten. No key to person: one may be on its way out.
CREATE TABLE basal_due (
  person INTEGER NOT NULL,
  day    INTEGER NOT NULL,
  PRIMARY KEY (person, day)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER basal_comes AFTER INSERT ON basal BEGIN
  INSERT INTO basal_due SELECT person, at_ms / 86400000 - (at_ms % 86400000 < 0) FROM record WHERE id = NEW.record ON CONFLICT DO NOTHING; END;
CREATE TRIGGER basal_changes AFTER UPDATE ON basal BEGIN
  INSERT INTO basal_due SELECT person, at_ms / 86400000 - (at_ms % 86400000 < 0) FROM record WHERE id IN (OLD.record, NEW.record) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER basal_goes AFTER DELETE ON basal BEGIN
  INSERT INTO basal_due SELECT person, at_ms / 86400000 - (at_ms % 86400000 < 0) FROM record WHERE id = OLD.record ON CONFLICT DO NOTHING; END;
CREATE TRIGGER basal_moves AFTER UPDATE ON record WHEN OLD.kind = 'basal' OR NEW.kind = 'basal' BEGIN
  INSERT INTO basal_due VALUES (OLD.person, OLD.at_ms / 86400000 - (OLD.at_ms % 86400000 < 0)) ON CONFLICT DO NOTHING;
  INSERT INTO basal_due VALUES (NEW.person, NEW.at_ms / 86400000 - (NEW.at_ms % 86400000 < 0)) ON CONFLICT DO NOTHING; END;
CREATE TRIGGER basal_goes_whole AFTER DELETE ON record WHEN OLD.kind = 'basal' BEGIN
  INSERT INTO basal_due VALUES (OLD.person, OLD.at_ms / 86400000 - (OLD.at_ms % 86400000 < 0)) ON CONFLICT DO NOTHING; END;

CREATE TABLE daily_total (
  record    INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  total     REAL NOT NULL,                                       -- units
  basal     REAL NOT NULL,
  bolus     REAL NOT NULL,
  automated REAL NOT NULL
) STRICT;

CREATE TABLE carbs (
  record      INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  carbs_g     REAL NOT NULL CHECK (carbs_g BETWEEN 0 AND 1000),
  exchanges   REAL NOT NULL,
  food        TEXT NOT NULL,
  unspecified INTEGER NOT NULL CHECK (unspecified IN (0, 1))
) STRICT;

CREATE TABLE activity (
  record    INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  name      TEXT NOT NULL,
  intensity TEXT NOT NULL,
  lasts_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE note (
  record INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  text   TEXT NOT NULL
) STRICT;

CREATE TABLE alarm (
  record  INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  name    TEXT NOT NULL,
  cleared INTEGER NOT NULL CHECK (cleared IN (0, 1))
) STRICT;

CREATE TABLE setting (
  record INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  name   TEXT NOT NULL,
  value  TEXT NOT NULL,
  unit   TEXT NOT NULL
) STRICT;

CREATE TABLE event (
  record   INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
  event    TEXT NOT NULL,
  detail   TEXT NOT NULL,
  amount   REAL NOT NULL,
  lasts_ms INTEGER NOT NULL
) STRICT;
