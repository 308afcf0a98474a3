// Treasuries: data sets come in by HTTP and by the command line, in every format and in parts.
// Their rows lie sealed in files of their owner, and are the old ones or the new after any kill.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <thread>

#include "games_fixture.h"
#include "warehouse/parquet.h"

namespace altis::e2e {
namespace {

using codec::Json;
using server::Method;

constexpr std::string_view kSchema = R"({"key": {"column": "email", "kind": "email"},
    "dimensions": [{"name": "booked", "values": ["1", "0"]}, {"name": "city"}],
    "measures": [{"name": "spend", "low": "0.00", "high": "100.00"}]})";
constexpr int kKills = 4;

// `count` customers with addresses that nothing else has.
std::string customers(int count, std::string_view who = "traveller") {
    std::string csv = "email,booked,city,spend,remark\n";
    for (int i = 0; i < count; ++i) {
        csv += std::string(who) + "-" + std::to_string(i) + "@secret.example.org," +
               std::to_string(i % 2) + ",city-" + std::to_string(i % 7) + "," +
               std::to_string(i % 150) + ".5,\"a remark, of\nno\nimportance\"\n";
    }
    return csv;
}

class TreasuryTest : public GamesTest {
  protected:
    void begin() override { declare("customers"); }

    void declare(const std::string& dataset) const {
        const Reply reply = airline().send(Method::kPut, "/v1/treasury/" + dataset + "/schema",
                                           "application/json", kSchema);
        ASSERT_EQ(reply.status, 200) << reply.text;
    }
    Reply bring(std::string_view csv, std::string_view query = "") const {
        return airline().send(Method::kPut, "/v1/treasury/customers" + std::string(query),
                              "text/csv", csv);
    }
    Reply description() const { return airline().get("/v1/treasury/customers"); }
    // Once what lies on disk was opened.
    Json settled() const {
        Json json = description().json;
        for (int i = 0; i < 1'000 && json["state"].as_string() == "treasury.loading"; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            json = description().json;
        }
        return json;
    }
    std::vector<std::string> files() const { return files_below(folder_ / "data/treasury"); }
    // Old versions go in the background.
    std::size_t settled_files(std::size_t expected) const {
        for (int i = 0; i < 500 && files().size() != expected; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return files().size();
    }
    Finished import_file(const std::string& path, std::vector<std::string> more = {}) const {
        std::vector<std::string> words = {
            "rooms",  "import",        path,    "--dataset",   "customers",
            "--data", server_->data(), "--key", keys_.airline, "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return run_altis(words, Capture::kEverything);
    }
    std::string stored(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return folder_ / name;
    }
};

TEST_F(TreasuryTest, RowsComeInAndAreNeverShown) {
    const Reply imported = bring(customers(300) + "no address,1,x,1,\n");
    ASSERT_EQ(imported.status, 200) << imported.text;
    EXPECT_EQ(imported.json["people"].as_int(), 300);
    EXPECT_EQ(imported.json["bad"].as_int(), 1);
    EXPECT_EQ(imported.json["clamped"]["spend"].as_int(), 100);
    EXPECT_EQ(imported.json["bad_rows"].items()[0]["column"].as_string(), "email");
    const Reply shown = description();
    EXPECT_EQ(shown.json["state"].as_string(), "ready");
    EXPECT_EQ(shown.json["imported"]["commitment"], imported.json["commitment"]);
    EXPECT_EQ(shown.text.find("city-3"), std::string::npos);  // values of a private column
    EXPECT_EQ(airline().get("/v1/treasury").json["items"].items().size(), 1U);
    // Others have a treasury of their own.
    EXPECT_EQ(server_->admin().get("/v1/treasury").json["items"].items().size(), 0U);
    EXPECT_EQ(server_->admin().get("/v1/treasury/customers").code(), "treasury.dataset_unknown");

    ASSERT_EQ(settled_files(1), 1U);
    server_->kill();
    EXPECT_TRUE(files_that_hold(server_->data(), {"secret.example.org", "city-3"}).empty());
    ASSERT_TRUE(server_->start_again());
    const Json again = settled();
    EXPECT_EQ(again["state"].as_string(), "ready");
    EXPECT_EQ(again["imported"]["commitment"], imported.json["commitment"]);

    EXPECT_EQ(airline().remove("/v1/treasury/customers").status, 200);
    EXPECT_EQ(description().code(), "treasury.dataset_unknown");
    EXPECT_EQ(settled_files(0), 0U);
}

TEST_F(TreasuryTest, TheSameAgainChangesNothing) {
    const Reply first = bring(customers(50));
    const Reply again = bring(customers(50));
    EXPECT_EQ(first.json["commitment"], again.json["commitment"]);
    EXPECT_EQ(first.json["imported_at"], again.json["imported_at"]);
    EXPECT_EQ(settled_files(1), 1U);
    EXPECT_EQ(description().json["state"].as_string(), "ready");
}

TEST_F(TreasuryTest, PartsComeInOrder) {
    const std::string csv = customers(40);
    const std::string more = customers(30, "guest");
    EXPECT_EQ(bring(csv, "?part=2&parts=2").code(), "treasury.part_out_of_order");
    EXPECT_EQ(bring(csv, "?part=3&parts=2").code(), "treasury.part_invalid");
    EXPECT_EQ(bring(csv, "?part=1&parts=2").status, 202);
    EXPECT_EQ(bring(more, "?part=2&parts=3").code(), "treasury.part_out_of_order");
    const Reply last = bring(more, "?part=2&parts=2");
    ASSERT_EQ(last.status, 200) << last.text;
    EXPECT_EQ(last.json["people"].as_int(), 70);
    EXPECT_EQ(bring(more, "?part=2&parts=2").code(), "treasury.part_out_of_order");
    EXPECT_EQ(bring(csv + csv, "?duplicates=refuse").code(), "treasury.duplicates");
    EXPECT_EQ(airline().send(Method::kPut, "/v1/treasury/unknown", "text/csv", csv).code(),
              "treasury.schema_missing");
    EXPECT_EQ(airline().send(Method::kPut, "/v1/treasury/customers", "text/plain", csv).code(),
              "treasury.format_unknown");
}

TEST_F(TreasuryTest, TheCommandLineBringsFilesOfEveryFormat) {
    const std::string schema = stored("schema.json", std::string(kSchema));
    constexpr int kMany = 130'000;  // several parts
    const std::string csv = stored("customers.csv", customers(kMany));
    ASSERT_GT(std::filesystem::file_size(csv), 9U << 20);
    const Finished from_csv = import_file(csv, {"--schema", schema});
    ASSERT_EQ(from_csv.status, 0) << from_csv.output;
    const auto csv_answer = codec::parse_json(from_csv.output);
    ASSERT_TRUE(csv_answer) << from_csv.output;
    EXPECT_EQ((*csv_answer)["people"].as_int(), kMany);
    EXPECT_EQ((*csv_answer)["bad"].as_int(), 0);

    warehouse::Rows rows;
    rows.names = {"email", "booked", "city", "spend"};
    for (std::size_t i = 0; i < rows.names.size(); ++i)
        rows.columns.emplace_back(warehouse::Type::kText);
    std::string ndjson;
    for (int i = 0; i < 3'000; ++i) {
        const std::string cells[] = {"t-" + std::to_string(i) + "@secret.example.org",
                                     std::to_string(i % 2), "a \"b\", c", "2.5"};
        for (std::size_t column = 0; column < 4; ++column)
            rows.columns[column].add_text(cells[column]);
        ndjson +=
            Json::object(
                {{"email", cells[0]}, {"booked", i % 2}, {"city", cells[2]}, {"spend", cells[3]}})
                .to_string() +
            "\n";
    }
    const auto parquet = warehouse::write_parquet(rows);
    ASSERT_TRUE(parquet);
    const Finished from_ndjson = import_file(stored("customers.ndjson", ndjson));
    ASSERT_EQ(from_ndjson.status, 0) << from_ndjson.output;
    const Finished from_parquet = import_file(stored("customers.parquet", *parquet));
    ASSERT_EQ(from_parquet.status, 0) << from_parquet.output;
    const Reply direct = airline().send(Method::kPut, "/v1/treasury/customers",
                                        "application/vnd.apache.parquet", *parquet);
    ASSERT_EQ(direct.status, 200) << direct.text;
    for (const Finished& other : {from_ndjson, from_parquet}) {
        const auto answer = codec::parse_json(other.output);
        ASSERT_TRUE(answer);
        EXPECT_EQ((*answer)["commitment"], direct.json["commitment"]) << other.output;
    }
    EXPECT_EQ(import_file(stored("customers.txt", "x")).status, 2);
    const Finished latin = import_file(stored("latin.csv", "email,booked\n\xe9@x.org,1\n"));
    EXPECT_EQ(latin.status, 2);
    EXPECT_NE(latin.output.find("line 2, column 1"), std::string::npos) << latin.output;
}

TEST_F(TreasuryTest, AKillLeavesTheOldRowsOrTheNew) {
    std::string versions[2] = {customers(20'000), customers(30'000, "guest")};
    std::string commitments[2];
    for (int i = 0; i < 2; ++i) {
        const Reply reply = bring(versions[i]);
        ASSERT_EQ(reply.status, 200) << reply.text;
        commitments[i] = reply.json["commitment"].as_string();
    }
    std::string present = commitments[1];
    std::mt19937 random(7);
    for (int kill = 0; kill < kKills; ++kill) {
        const int next = present == commitments[0] ? 1 : 0;
        Reply reply;
        std::thread sender([&] { reply = bring(versions[next]); });
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
        server_->kill();
        sender.join();
        ASSERT_TRUE(server_->start_again());
        const Json after = settled();
        EXPECT_EQ(after["state"].as_string(), "ready") << after.to_string();
        const std::string found(after["imported"]["commitment"].as_string());
        if (reply.status == 200) {
            EXPECT_EQ(found, commitments[next]);
        } else {
            EXPECT_TRUE(found == present || found == commitments[next]);
        }
        present = found;
        EXPECT_EQ(files().size(), 1U);
    }
}

}  // namespace
}  // namespace altis::e2e
