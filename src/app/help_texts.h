// Examples and exit statuses that `--help` shows.
#pragma once

namespace altis::app {

constexpr const char* kJournalExamples = R"(Examples:
  altis journal verify --data ./data
  altis journal stat --data ./data --json
  altis journal cat --data ./data --type results.published --count 1
  altis journal prove --data ./data --offset 12 --json > proof.json
  altis journal prove --check proof.json --public-key HEX --receipt HEX)";

constexpr const char* kProveExamples = R"(Examples:
  altis journal prove --data ./data --offset 12 --json > proof.json
  altis journal prove --server 127.0.0.1:8080 --key altis_... --offset 12 --json > proof.json
  altis journal prove --check proof.json
  altis journal prove --check proof.json --public-key HEX --receipt HEX

A receipt is the 'hash' that ingest with strict=1 answers for an event; GET /v1/journal shows the
public key. Checking needs neither journal nor server.

Exit status: 0 proved or holds, 1 does not hold, 2 no proof at all, 4 no such record,
7 the record's batch is damaged.)";

constexpr const char* kWarehouseExamples = R"(Examples:
  altis warehouse stat --data ./data
  altis warehouse rebuild --data ./data)";

constexpr const char* kFansExamples =
    R"(Examples (with a key of the organisation that owns the fans):
  altis fans stat --data ./data
  altis fans explain fan-12 --data ./data --key altis_...
  altis fans unlink fan-12 device-7 "the device belongs to a sister" --data ./data --key altis_...
  altis fans export fan-12 --html --data ./data --key altis_... > fan-12.html
  altis fans erase fan-12 --data ./data --key altis_... > receipt.json
  altis fans deadletters --data ./data --key altis_...
  altis fans deadletter 4711 --json --data ./data --key altis_... > letter.json
  altis fans repair 4711 event.json --data ./data --key altis_...
  altis fans match-run --min-confidence 995000 --data ./data --key altis_...
  altis fans match registrations.csv --json > persons.json)";

constexpr const char* kRetentionExamples =
    R"(Examples (with a key of the organisation that owns the fans):
  altis retention list --data ./data --key altis_...
  altis retention preview fan_engagement 730 --data ./data --key altis_...   would forget so many
  altis retention set fan_engagement 730 --data ./data --key altis_...
  altis retention set dead_letters default --data ./data --key altis_...     30 days

A fan ends so many days after the last event, a dead letter after it came. It runs by itself.)";

constexpr const char* kSegmentsExamples = R"(Examples:
  altis segments list --data ./data
  altis segments defaults --data ./data --key altis_...            the cohorts to begin with
  altis segments export big-spenders --purpose messages --data ./data --key altis_... > fans.csv
  altis segments export big-spenders --purpose messages --format parquet --since-last \
      --data ./data --key altis_... > changes.parquet
  altis segments size 'in(big-spenders) and not opened() >= 1' --data ./data --key altis_...
  altis segments at --offset 120000 --fan fan-12 --data ./data     as it was
  altis segments define big-spenders 'spent(merchandise) >= 200.00' --data ./data --key altis_...)";

constexpr const char* kWebhooksExamples =
    R"(Examples (with a key of the organisation that receives):
  altis webhooks add https://receiver.example.org/altis --data ./data --key altis_...
  altis segments export big-spenders --purpose messages --since-last \
      --to https://receiver.example.org/altis --data ./data --key altis_...
  altis webhooks deliveries --data ./data --key altis_...)";

constexpr const char* kScoresExamples =
    R"(Examples (with a key of the organisation that owns the fans):
  altis scores define ticket-buyer model.json --data ./data --key altis_...
  altis scores list --json --data ./data --key altis_...
  altis segments define likely 'score(ticket-buyer) >= 700000' --data ./data --key altis_...

model.json: {"form": "logistic", "intercept": -2000000, "terms": [
  {"measure": "bought", "of": ["ticket"], "weight": 900000, "cap": 5},
  {"measure": "dwell", "of": ["replay"], "weight": 150000, "per": 60000}]}
Numbers are parts per million; `altis fans explain` shows what each term adds.)";

constexpr const char* kRoomsImportExamples = R"(Examples (with a key of the data's owner):
  altis rooms import customers.csv --dataset customers --schema schema.json \
      --data ./data --key altis_...
  altis rooms import bookings.parquet --dataset bookings --duplicates refuse \
      --data ./data --key altis_...

schema.json (docs/treasury.md): {"key": {"column": "email", "kind": "email"}, "consent": "agrees",
  "dimensions": [{"name": "booked", "values": ["yes", "no"]}, {"name": "city"}],
  "measures": [{"name": "spend", "low": "0.00", "high": "5000.00"}],
  "moments": [{"name": "booked_at"}], "rows_per_person": 1}
Columns without a role are never read. E-mail addresses and phone numbers become keyed tags.)";

constexpr const char* kRoomsExamples = R"(Examples:
  altis rooms import customers.csv --dataset customers --schema schema.json --key altis_...
  altis rooms datasets --data ./data --key altis_...
  altis rooms templates --json --data ./data --key altis_...
  altis rooms propose room.json --data ./data --key altis_...
  altis rooms show la28-airline --data ./data
  altis rooms approve la28-airline --data ./data --key altis_...
  altis rooms explain la28-airline question.json --data ./data --key altis_...
  altis rooms ask la28-airline question.json --data ./data --key altis_... > answer.json
  altis rooms sql la28-airline 'SELECT tier, COUNT(DISTINCT person) n FROM "right" GROUP BY tier'
  altis rooms sql la28-airline 'SELECT COUNT(*) FROM "right"' --epsilon 0.2 --explain
  altis rooms verify answer.json
  altis rooms activate la28-airline --fans left --with right --data ./data --key altis_...
  altis rooms approve-activation la28-airline 1 --data ./data --key altis_...
  altis rooms activation-list la28-airline 1 --out both.csv --key altis_... > list.json
  altis rooms crossing-key my.key
  altis rooms cross fans.csv --terms terms.json --key-file my.key --listen 0.0.0.0:4455
  altis rooms cross guests.csv --terms terms.json --key-file my.key --connect h:4455 --out both.csv
  altis rooms study-offer boost --key-file my.key --pending p > offer.json
  altis rooms study-key theirs.json --peer 5f1c... --key-file my.key --pending p --out boost.key
  altis rooms tag fans.csv --study-key boost.key --side left --attributes attended > tagged.csv)";

constexpr const char* kResultsExamples = R"(Examples:
  altis results send DT_RESULT.xml --data ./data
  altis results show FSKWSINGLES-----------FNL-000100-- --edition owg2026 --data ./data
  altis results medals og2008 --known-at 2025-06-30 --data ./data
  altis results ask paris2024 "How many gold medals did Japan win?" --data ./data
  altis results diff og2024 --from 2024-08-10 --to 2024-08-12 --json --data ./data
  altis results import-medals medallists.csv.gz --data ./data
  altis results import-medals changes.csv.gz --format feed --edition og2024 --data ./data
  altis results participants owg2026 --discipline FSK --data ./data
  altis results participants owg2026 --discipline FSK --format odf --data ./data > DT_PARTIC.xml
  altis results participant owg2026 1000001 --json --data ./data
  altis results person "Michael Phelps" --data ./data    across Games; then by id, with medals
  altis results codes owg2026 event --data ./data
  altis results schedule owg2026 --day 2026-02-19 --venue MIL --data ./data
  altis results records --event ATHM100M --as-of 2026-02-20 --data ./data
  altis results decide-record 3 ratified "protocol 7" --data ./data --key altis_...
  altis results release 3 "called the venue" --data ./data --key altis_...
  altis results import meet.lef --format lenex --edition owg2026 --date 2026-02-19 --data ./data
  altis results import rio.xml --format xml --edition og2016 --date 2016-08-21 \
      --archive "Rio 2016" --data ./data
  altis results export owg2026 --format ndjson --data ./data > results.ndjson
  altis results recall results/owg2026/FSKWSINGLES-----------FNL-000100--/1 --data ./data
  altis results replay paris2024 --games ../files --speed 1000 --data ./paris
  altis results rules                                  the rules that are built in
  altis results rules --json > rules.json              to change them; raise their version
  altis results set-rules owg2026 rules.json --data ./data
  altis results rules owg2026 --data ./data            the rules in force
  altis results score sheet.json                       a figure skating performance, step by step
  altis results prove 4711 --data ./data --json > proof.json
  altis results verify proof.json --log-key "altis/1f2e3d4c5b6a7988+0a1b2c3d+AZ..."
  altis results grant commentary grant.json --data ./data --key altis_...

What grant.json says (docs/feeds.md): {"edition": "owg2026", "units": ["FSK"], "fields": ["results",
"splits", "start_list", "members", "biographic", "medals"], "delay_ms": 0, "purpose": "commentator",
"until": "2026-03-01T00:00:00Z"})";

constexpr const char* kMessagesExamples =
    R"(Examples (with a key of the organisation that owns the fans):
  altis messages explain 0123456789abcdef0123456789abcdef --data ./data --key altis_...
  altis messages explain --fan fan-12 --trigger results/owg2026/FSKWSINGLES-----------FNL-000100-- \
      --data ./data --key altis_...
  altis messages preferences fan-12 --data ./data --key altis_...
  altis messages stats --data ./data --key altis_...)";

constexpr const char* kReplayExamples =
    R"(Examples:
  altis results replay paris2024 --games ../files --data ./paris               16 days in 24 minutes
  altis results replay paris2024 --games ../files --data ./paris --speed max
  altis results replay paris2024 --games ../files --server 127.0.0.1:8080 --key altis_... \
      --since 2024-08-02T18:00:00Z --until 2024-08-03

../files/paris2024 holds results_to_2024-08-08.csv.gz, schedules.csv.gz and medal_feed.csv.gz;
docs/replay.md says where to find them. Where no server runs over the data folder, the replay serves
it itself. A replay that was cut off is started again in the same words: it goes on where the
journal stands, and the state at the end is the same.)";

constexpr const char* kConsentExamples =
    R"(Examples (a TC, GPP or US Privacy string; quote it, '~' means something to the shell):
  altis consent decode 1YYN
  altis consent decode 'DBABLA~BFQVAAAAAgA.YA' --json
  altis consent decode CQfM9YAQfM9YAEsABBITCOFgAI-AAAAAABCYF5wAQF5gAAAA --vendor 755)";

constexpr const char* kConfigExamples = R"(Examples:
  altis config template > altis.toml
  altis config check altis.toml)";

constexpr const char* kFooter = R"(Examples:
  altis demo --fans 20000                      play the story of a Games
  altis serve --data ./data --port 8080        run the server
  altis segments show performance-motivation   live size of a cohort
  altis results send unit.xml                  hand in an ODF message
  altis journal verify --data ./data           check the chain of a stopped server

Exit status: 0 done, 1 a check failed, 2 wrong input, 3 refused, 4 not found, 5 conflict,
6 unavailable (disk full, in use, not reached), 7 stored bytes damaged.)";

}  // namespace altis::app
