// Segments as files: who is in them consents, each row proves it, and nobody gets more than is due.
#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "codec/csv.h"
#include "games_fixture.h"
#include "warehouse/parquet.h"

namespace altis::e2e {
namespace {

using codec::Json;

class ExportTest : public GamesTest {
  protected:
    void begin() override {
        const Reply defined =
            owner().put("/v1/segments/viewers",
                        Json::object({{"kind", "segment"}, {"rule", "views(news) >= 1"}}));
        ASSERT_EQ(defined.status, 200) << defined.text;
    }

    static Json consent(std::string_view message, std::string_view user, bool given) {
        return track(message, user, "Consent Updated",
                     Json::object({{"purpose", "messages"}, {"given", given}}));
    }

    void send(std::vector<Json> events) {
        const Reply reply =
            server_->caller(keys_.ingest).post("/v1/batch", batch_of(std::move(events)));
        ASSERT_EQ(reply.status, 200) << reply.text;
        ASSERT_EQ(reply.json["rejected"].as_int(), 0) << reply.text;
    }

    // Who looks at the news and consents, or not.
    void send_viewer(const std::string& user, bool given) {
        send({track("v-" + user, user, "Content Viewed", Json::object({{"kind", "news"}})),
              consent("c-" + user, user, given)});
    }

    struct Table {
        std::vector<std::string> columns;
        std::vector<std::vector<std::string>> rows;
    };
    static Table table_of(const std::string& text) {
        auto reader = codec::CsvReader::create(text);
        EXPECT_TRUE(reader) << text;
        Table table{reader->columns(), {}};
        std::vector<std::string> fields;
        while (*reader->next(fields))
            table.rows.push_back(fields);
        return table;
    }

    static std::string path(const std::string& query) {
        return "/v1/segments/viewers/export" + query;
    }
};

TEST_F(ExportTest, EachRowConsentsAndProvesIt) {
    send_viewer("fan-1", true);
    send_viewer("fan-2", false);
    send_viewer("=cmd|x", true);
    send({consent("c-other", "fan-4", true)});  // consents, but is not in the segment
    const Reply csv = owner().get(path("?purpose=messages"));
    ASSERT_EQ(csv.status, 200) << csv.text;
    EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8");
    const Table table = table_of(csv.text);
    const std::vector<std::string> columns = {"fan",     "user_id",    "purpose",
                                              "edition", "consent_at", "consent_offset"};
    EXPECT_EQ(table.columns, columns);
    ASSERT_EQ(table.rows.size(), 2U) << csv.text;
    std::set<std::string> users;
    for (const auto& row : table.rows) {
        users.insert(row[1]);
        EXPECT_EQ(row[0].size(), 32U);
        EXPECT_EQ(row[2], "messages");
        const Reply proof = server_->admin().get("/v1/journal/proof?offset=" + row[5]);
        EXPECT_EQ(proof.status, 200) << proof.text;
    }
    EXPECT_EQ(users, (std::set<std::string>{"fan-1", "'=cmd|x"}));

    const Reply lines = owner().get(path("?purpose=messages&format=ndjson"));
    ASSERT_EQ(lines.status, 200);
    const auto first = codec::parse_json(lines.text.substr(0, lines.text.find('\n')));
    ASSERT_TRUE(first) << lines.text;
    EXPECT_EQ((*first)["fan"].as_string(), table.rows[0][0]);
    EXPECT_EQ(std::ranges::count(lines.text, '\n'), 2);

    send({consent("c-later", "fan-1", false)});
    EXPECT_EQ(table_of(owner().get(path("?purpose=messages")).text).rows.size(), 1U);
}

TEST_F(ExportTest, OthersGetWhatIsGrantedAndNoUserId) {
    send_viewer("fan-1", true);
    Caller admin = server_->admin();
    const auto key = issue_key(admin, "airline-segments", "airline", {"segments"});
    ASSERT_TRUE(key) << key.error().message;
    Caller airline = server_->caller(*key);
    EXPECT_EQ(airline.get(path("?purpose=messages")).status, 403);
    const Reply granted =
        owner().post("/v1/grants", Json::object({{"id", "airline-messages"},
                                                 {"grantee", "airline"},
                                                 {"until", "2099-01-01T00:00:00Z"},
                                                 {"policy", "Telling them."},
                                                 {"category", "fan_engagement"},
                                                 {"purpose", "messages"},
                                                 {"edition", "owg2026"}}));
    ASSERT_TRUE(granted.ok()) << granted.text;
    const Reply csv = airline.get(path("?purpose=messages"));
    ASSERT_EQ(csv.status, 200) << csv.text;
    const Table theirs = table_of(csv.text);
    EXPECT_EQ(std::ranges::count(theirs.columns, "user_id"), 0);
    EXPECT_EQ(csv.text.find("fan-1"), std::string::npos);
    const Table ours = table_of(owner().get(path("?purpose=messages")).text);
    EXPECT_NE(theirs.rows.at(0).at(0), ours.rows.at(0).at(0));
    EXPECT_EQ(airline.get(path("?purpose=analytics")).status, 403);
}

TEST_F(ExportTest, SaysWhatIsWrongWithARequest) {
    EXPECT_EQ(owner().get(path("")).code(), "rights.unknown_purpose");
    EXPECT_EQ(owner().get(path("?purpose=fun")).code(), "rights.unknown_purpose");
    EXPECT_EQ(owner().get(path("?purpose=messages&format=xls")).code(), "request.bad_format");
    EXPECT_EQ(owner().get("/v1/segments/none/export?purpose=messages").code(),
              "fans.unknown_segment");
    const Finished run = run_altis({"segments", "export", "viewers", "--purpose", "messages",
                                    "--data", folder_ / "data", "--key", keys_.owner},
                                   Capture::kEverything);
    EXPECT_EQ(run.status, 0);
    EXPECT_EQ(run.output, "fan,user_id,purpose,edition,consent_at,consent_offset\r\n");
}

TEST_F(ExportTest, ParquetHasTheSameRows) {
    for (int i = 0; i < 300; ++i)
        send_viewer("fan-" + std::to_string(i), i % 3 != 0);
    const Table table = table_of(owner().get(path("?purpose=messages")).text);
    const Reply parquet = owner().get(path("?purpose=messages&format=parquet"));
    ASSERT_EQ(parquet.status, 200) << parquet.text;
    EXPECT_EQ(parquet.content_type, "application/vnd.apache.parquet");
    std::ofstream(folder_ / "fans.parquet", std::ios::binary) << parquet.text;
    using warehouse::Type;
    const auto read =
        warehouse::read_parquet(folder_ / "fans.parquet", {{"fan", Type::kText},
                                                           {"user_id", Type::kText},
                                                           {"purpose", Type::kText},
                                                           {"edition", Type::kText},
                                                           {"consent_at", Type::kTime},
                                                           {"consent_offset", Type::kInteger}});
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), table.rows.size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& row = table.rows[i];
        for (std::size_t column = 0; column < 4; ++column)
            EXPECT_EQ(read->columns[column].text(i), row[column]);
        EXPECT_EQ(format_rfc3339(Time{read->columns[4].number(i)}), row[4]);
        EXPECT_EQ(std::to_string(read->columns[5].number(i)), row[5]);
    }
}

// Who entered and left since the last one, by user id; a fan without one by its tag.
struct Changes {
    std::set<std::string> entered;
    std::set<std::string> left;
    std::int64_t erased = 0;
    std::string number;
};

class ChangesTest : public ExportTest {
  protected:
    static Changes changes_in(const Reply& reply) {
        EXPECT_EQ(reply.status, 200) << reply.text;
        Changes changes{{}, {}, 0, reply.header("Altis-Export")};
        std::istringstream in(reply.text);
        for (std::string line; std::getline(in, line);) {
            const auto row = codec::parse_json(line);
            EXPECT_TRUE(row) << line;
            const std::string user((*row)["user_id"].as_string());
            const std::string name = user.empty() ? std::string((*row)["fan"].as_string()) : user;
            const std::string_view change = (*row)["change"].as_string();
            if (change == "entered") changes.entered.insert(name);
            if (change == "left") changes.left.insert(name);
            if (change == "erased") changes.erased += (*row)["fans"].as_int();
        }
        return changes;
    }

    Changes fetch() const {
        return changes_in(owner().get(path("?purpose=messages&format=ndjson&since=last")));
    }

    Reply confirm(const Changes& changes) const {
        return owner().post("/v1/exports/" + changes.number + "/received", Json::object());
    }

    // Fetches, compares, confirms.
    void expect(const std::set<std::string>& entered, const std::set<std::string>& left,
                std::int64_t erased = 0) const {
        const Changes changes = fetch();
        EXPECT_EQ(changes.entered, entered);
        EXPECT_EQ(changes.left, left);
        EXPECT_EQ(changes.erased, erased);
        EXPECT_EQ(confirm(changes).status, 200);
    }
};

TEST_F(ChangesTest, TellWhoEnteredAndWhoLeft) {
    send_viewer("fan-1", true);
    send_viewer("fan-2", true);
    send_viewer("fan-3", false);
    expect({"fan-1", "fan-2"}, {});
    expect({}, {});
    send({consent("w-1", "fan-1", false), consent("w-3", "fan-3", true)});
    expect({"fan-3"}, {"fan-1"});
    ASSERT_EQ(owner().remove("/v1/fans/fan-2").status, 200);
    send({consent("w-1-again", "fan-1", true)});
    expect({"fan-1"}, {}, 1);
    expect({}, {});
    // Another rule, and a restart in between.
    ASSERT_EQ(owner()
                  .put("/v1/segments/viewers",
                       Json::object({{"kind", "segment"}, {"rule", "views(news) >= 2"}}))
                  .status,
              200);
    send({track("v-more", "fan-3", "Content Viewed", Json::object({{"kind", "news"}}))});
    server_->kill();
    ASSERT_TRUE(server_->start_again());
    expect({}, {"fan-1"});
    ASSERT_EQ(server_->stop(), 0);
    ASSERT_TRUE(server_->start_again());
    expect({}, {});
    EXPECT_EQ(owner().get(path("?purpose=messages&since=last")).text,
              "change,fan,user_id,purpose,edition,consent_at,consent_offset,fans\r\n");
}

TEST_F(ChangesTest, CountOnceTheyAreConfirmed) {
    send_viewer("fan-1", true);
    EXPECT_EQ(fetch().entered, std::set<std::string>{"fan-1"});
    const Changes second = fetch();
    EXPECT_EQ(second.entered, std::set<std::string>{"fan-1"}) << "the first may never have come";
    // Withdrawn meanwhile: who may have come must be told to have left.
    send({consent("w-1", "fan-1", false)});
    const Changes third = fetch();
    EXPECT_EQ(third.left, std::set<std::string>{"fan-1"});
    EXPECT_EQ(confirm(second).code(), "exports.unknown_export") << "a later one took its place";
    EXPECT_EQ(confirm(third).status, 200);
    EXPECT_EQ(confirm(third).code(), "exports.unknown_export");
    expect({}, {});
    EXPECT_EQ(owner().get(path("?purpose=messages&since=monday")).code(), "request.bad_since");
    EXPECT_EQ(owner().post("/v1/exports/none/received", Json::object()).code(),
              "exports.bad_number");
}

// Fans who turn out to be one, and two again.
TEST_F(ChangesTest, FollowLinksAndTheirEnd) {
    send_viewer("fan-1", true);
    send_viewer("fan-2", true);
    expect({"fan-1", "fan-2"}, {});
    const Json link =
        Json::object({{"identifier", "fan-2"}, {"kind", "user"}, {"reason", "said so"}});
    ASSERT_EQ(owner().post("/v1/fans/fan-1/link", link).status, 200);
    const Changes merged = fetch();
    EXPECT_EQ(merged.entered.size(), 0U);
    ASSERT_EQ(merged.left.size(), 1U);
    EXPECT_EQ(merged.left.begin()->size(), 32U) << "a tag: its user id is the other fan's now";
    confirm(merged);
    ASSERT_EQ(owner().post("/v1/fans/fan-1/unlink", link).status, 200);
    expect({"fan-2"}, {});
}

TEST_F(ChangesTest, TheCommandConfirmsWhatItWrote) {
    send_viewer("fan-1", true);
    const auto run = [this] {
        return run_altis(
            {"segments", "export", "viewers", "--purpose", "messages", "--format", "ndjson",
             "--since-last", "--data", folder_ / "data", "--key", keys_.owner},
            Capture::kEverything);
    };
    const Finished first = run();
    EXPECT_EQ(first.status, 0);
    EXPECT_NE(first.output.find("\"fan-1\""), std::string::npos) << first.output;
    const Finished second = run();
    EXPECT_EQ(second.status, 0);
    EXPECT_EQ(second.output, "");
}

TEST_F(ExportTest, ManyFansTakeSeveralTurns) {
    constexpr int kFans = 9'000;
    std::vector<Json> events;
    for (int i = 0; i < kFans; ++i) {
        const std::string user = "fan-" + std::to_string(i);
        events.push_back(
            track("v-" + user, user, "Content Viewed", Json::object({{"kind", "news"}})));
        events.push_back(consent("c-" + user, user, i % 3 == 0));
    }
    send(std::move(events));
    const Table table = table_of(owner().get(path("?purpose=messages")).text);
    EXPECT_EQ(table.rows.size(), kFans / 3U);
    std::set<std::string> tags;
    for (const auto& row : table.rows)
        tags.insert(row[0]);
    EXPECT_EQ(tags.size(), table.rows.size());
}

}  // namespace
}  // namespace altis::e2e
