// Receipts of strict ingest, and the proofs that hold them against the journal: from the server,
// from the files, and checked by a program that has neither.
#include <fstream>
#include <gtest/gtest.h>

#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

constexpr int kDoesNotHold = 1;
constexpr int kWrongInput = 2;
constexpr int kNotFound = 4;

class ProofTest : public GamesTest {
  protected:
    Json strict(const Json& batch) {
        const Reply reply = server_->caller(keys_.ingest).post("/v1/batch?strict=1", batch);
        EXPECT_EQ(reply.status, 200) << reply.text << server_->log();
        return reply.json;
    }

    std::string store(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }

    static Finished check(const std::string& file, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments = {"journal", "prove", "--check", file};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_altis(arguments, Capture::kEverything);
    }
};

TEST_F(ProofTest, StrictIngestAnswersForEachEventInItsPlace) {
    const Json first = track("m-1", "fan-1", "Seen", Json::object({{"page", "one"}}));
    const Json other = track("m-1", "fan-1", "Seen", Json::object({{"page", "two"}}));
    const Json bad = Json::object({{"type", "dance"}, {"userId", "fan-1"}});
    const Json answer = strict(batch_of({bad, first, first, other, track("m-2", "fan-2", "Seen")}));
    const auto& events = answer["events"].items();
    ASSERT_EQ(events.size(), 5U) << answer.to_string();
    const std::vector<std::string_view> expected = {"rejected", "ok", "duplicate", "conflict",
                                                    "ok"};
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(events[i]["index"].as_int(), static_cast<std::int64_t>(i));
        EXPECT_EQ(events[i]["result"].as_string(), expected[i]);
        const bool is_written = expected[i] != "duplicate";
        EXPECT_EQ(events[i]["offset"].as_int() > 0, is_written) << i;
        EXPECT_EQ(events[i]["hash"].as_string().size(), is_written ? 64U : 0U) << i;
    }
    EXPECT_FALSE(events[0]["code"].as_string().empty());
    EXPECT_FALSE(events[0]["detail"].as_string().empty());
}

TEST_F(ProofTest, AReceiptIsTheHashOfItsProofThoughTheFanIsForgotten) {
    std::vector<Json> events;
    for (int i = 0; i < 40; ++i)
        events.push_back(track("r-" + std::to_string(i), "fan-" + std::to_string(i % 3), "Seen"));
    const Json answer = strict(batch_of(events));
    ASSERT_EQ(server_->caller(keys_.owner).remove("/v1/fans/fan-1").status, 200);
    const std::string key(server_->admin().get("/v1/journal").json["public_key"].as_string());
    const std::string server = "127.0.0.1:" + std::to_string(server_->port());
    for (const Json& event : answer["events"].items()) {
        const std::string offset = std::to_string(event["offset"].as_int());
        const Reply proof = server_->admin().get("/v1/journal/proof?offset=" + offset);
        ASSERT_EQ(proof.status, 200) << proof.text;
        EXPECT_EQ(proof.json["hash"], event["hash"]);
        EXPECT_EQ(proof.json["public_key"].as_string(), key);
    }
    const Json& event = answer["events"].items()[20];
    const std::string offset = std::to_string(event["offset"].as_int());
    const std::string receipt(event["hash"].as_string());
    const Finished asked = run_altis({"journal", "prove", "--server", server, "--key",
                                      server_->admin_key(), "--offset", offset, "--json"});
    ASSERT_EQ(asked.status, 0);
    ASSERT_EQ(server_->stop(), 0);
    const Finished read =
        run_altis({"journal", "prove", "--data", folder_ / "data", "--offset", offset, "--json"});
    ASSERT_EQ(read.status, 0);
    EXPECT_EQ(read.output, asked.output);
    const std::string file = store("proof.json", read.output);
    const Finished held = check(file, {"--public-key", key, "--receipt", receipt});
    EXPECT_EQ(held.status, 0) << held.output;
    EXPECT_NE(held.output.find("holds"), std::string::npos);
}

TEST_F(ProofTest, WhatDoesNotHoldIsToldApart) {
    const Json answer =
        strict(batch_of({track("f-1", "fan-1", "Seen"), track("f-2", "f", "Seen")}));
    const std::string offset = std::to_string(answer["events"].items()[0]["offset"].as_int());
    const Json proof = server_->admin().get("/v1/journal/proof?offset=" + offset).json;
    const std::string genuine = store("genuine.json", proof.to_string());
    EXPECT_EQ(check(genuine).status, 0);
    Json forged = proof;
    forged.set("offset", proof["offset"].as_int() + 1);
    const Finished refuted = check(store("forged.json", forged.to_string()));
    EXPECT_EQ(refuted.status, kDoesNotHold);
    EXPECT_NE(refuted.output.find("proof.refuted"), std::string::npos) << refuted.output;
    const std::string other(answer["events"].items()[1]["hash"].as_string());
    EXPECT_EQ(check(genuine, {"--receipt", other}).status, kDoesNotHold);
    EXPECT_EQ(check(genuine, {"--public-key", std::string(64, '0')}).status, kDoesNotHold);
    EXPECT_EQ(check(genuine, {"--receipt", "abc"}).status, kWrongInput);
    EXPECT_EQ(check(store("none.json", "{}")).status, kWrongInput);
    const auto proof_status = [&](const std::string& query) {
        return server_->admin().get("/v1/journal/proof" + query).status;
    };
    EXPECT_EQ(proof_status("?offset=999999999"), 404);
    EXPECT_EQ(proof_status("?offset=0"), 404);
    EXPECT_EQ(proof_status("?offset=one"), 400);
    EXPECT_EQ(proof_status(""), 400);
    ASSERT_EQ(server_->stop(), 0);
    const std::string data = folder_ / "data";
    EXPECT_EQ(run_altis({"journal", "prove", "--data", data, "--offset", "999999"}).status,
              kNotFound);
    EXPECT_EQ(run_altis({"journal", "prove", "--data", data}).status, kWrongInput);
}

}  // namespace
}  // namespace altis::e2e
