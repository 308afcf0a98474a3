// Two owners, each with a program of its own, find out whom both know: over TLS, under the same
// terms, with nobody in between. And a broker counts tables whose people it cannot name.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <set>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

#include "altis_program.h"
#include "codec/json.h"
#include "codec/text.h"
#include "crypto/hash.h"
#include "games_fixture.h"

namespace altis::e2e {
namespace {

using codec::Json;

void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string free_port() {
    const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(handle, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(handle);
    return std::to_string(ntohs(address.sin_port));
}

class CrossingTest : public testing::Test {
  protected:
    void SetUp() override {
        left_key_ = make_key("left.key");
        right_key_ = make_key("right.key");
        write(folder_ / "terms.json", terms().to_string());
        // The same persons in another spelling; every tenth of the right side says no.
        std::string left = "name,email,consent\n";
        std::string right;
        for (int i = 0; i < 600; ++i)
            left += "N," + person(i) + ",yes\n";
        for (int i = 400; i < 900; ++i) {
            right += Json::object({{"email", "  PERSON" + std::to_string(i) + "@Example.org "},
                                   {"consent", i % 10 != 0}})
                         .to_string() +
                     "\n";
        }
        write(folder_ / "left.csv", left);
        write(folder_ / "right.ndjson", right);
    }

    std::string make_key(const std::string& name) {
        const Finished made = run_altis({"rooms", "crossing-key", folder_ / name});
        EXPECT_EQ(made.status, 0);
        return made.output.substr(0, made.output.find('\n'));
    }

    static std::string person(int number) {
        return "person" + std::to_string(number) + "@example.org";
    }

    Json terms() const {
        return Json::object(
            {{"room", "la28-airline"},
             {"purpose", "segment_sharing"},
             {"identifier", "email"},
             {"minimum", 50},
             {"until", "2099-01-01T00:00:00Z"},
             {"parties",
              Json::array(
                  {Json::object({{"organisation", "la28"}, {"key", left_key_}, {"receives", true}}),
                   Json::object({{"organisation", "airline"},
                                 {"key", right_key_},
                                 {"receives", false}})})}});
    }

    std::vector<std::string> arguments(const std::string& way, const std::string& file,
                                       const std::string& key, const std::string& terms) const {
        return {"rooms",
                "cross",
                folder_ / file,
                "--terms",
                folder_ / terms,
                "--key-file",
                folder_ / key,
                way,
                "127.0.0.1:" + port_,
                "--wait",
                "20",
                "--json"};
    }

    // The listening side as a child of its own, the connecting one beside it.
    struct Ends {
        int left_status = -1;
        std::string left_output;  // with errors
        Finished right;
    };
    Ends cross(const std::string& right_terms = "terms.json") {
        auto left = arguments("--listen", "left.csv", "left.key", "terms.json");
        left.insert(left.end(), {"--out", folder_ / "both.csv"});
        auto process = platform::Process::spawn(
            {altis_program(), left, platform::ProcessOutput::kFile, folder_ / "left.out"});
        EXPECT_TRUE(process);
        Ends ends;
        ends.right = run_altis(arguments("--connect", "right.ndjson", "right.key", right_terms),
                               Capture::kEverything);
        const auto status = (*process)->wait(seconds(30));
        ends.left_status = status ? *status : -1;
        ends.left_output = read(folder_ / "left.out");
        return ends;
    }

    bool has_result() const { return ::access((folder_ / "both.csv").c_str(), F_OK) == 0; }

    TemporaryFolder folder_;
    std::string port_ = free_port();
    std::string left_key_;
    std::string right_key_;
};

TEST_F(CrossingTest, TheReceiverGetsItsConsentingMembersWhoAreInBoth) {
    const Ends ends = cross();
    ASSERT_EQ(ends.left_status, 0) << ends.left_output;
    ASSERT_EQ(ends.right.status, 0) << ends.right.output;
    std::string expected = "email\n";
    for (int i = 400; i < 600; ++i) {
        if (i % 10 != 0) expected += person(i) + "\n";
    }
    EXPECT_EQ(read(folder_ / "both.csv"), expected);
    const auto right = codec::parse_json(ends.right.output);
    ASSERT_TRUE(right) << ends.right.output;
    EXPECT_TRUE((*right)["in_both"].is_null());
    EXPECT_EQ((*right)["peer"]["size_class"].as_int(), 768);
    EXPECT_EQ((*right)["own"]["size_class"].as_int(), 512);
    EXPECT_EQ((*right)["without_consent"].as_int(), 50);
    EXPECT_TRUE((*right)["trust"].as_string().starts_with("T2: "));
    EXPECT_LT((*right)["bytes_per_item"].as_double(), 48);
    // Each side's report convinces anybody, and a changed one nobody.
    write(folder_ / "right.report", ends.right.output);
    EXPECT_EQ(run_altis({"rooms", "verify", folder_ / "right.report"}).status, 0);
    Json changed = *right;
    changed.set("session", std::string(64, '0'));
    write(folder_ / "changed.report", changed.to_string());
    const Finished refused =
        run_altis({"rooms", "verify", folder_ / "changed.report"}, Capture::kEverything);
    EXPECT_NE(refused.status, 0);
    EXPECT_NE(refused.output.find("crossing.report_forged"), std::string::npos);
}

TEST_F(CrossingTest, OtherTermsAndSmallResultsEndBothSidesByNameAndWriteNothing) {
    Json other = terms();
    other.set("purpose", "messages");
    write(folder_ / "other.json", other.to_string());
    const Ends differing = cross("other.json");
    EXPECT_NE(differing.left_status, 0);
    EXPECT_NE(differing.left_output.find("crossing.other_terms"), std::string::npos);
    EXPECT_NE(differing.right.output.find("crossing.other_terms"), std::string::npos);
    Json large = terms();
    large.set("minimum", 200);
    write(folder_ / "terms.json", large.to_string());
    const Ends small = cross();
    EXPECT_NE(small.left_output.find("crossing.result_too_small"), std::string::npos);
    EXPECT_NE(small.right.output.find("crossing.result_too_small"), std::string::npos);
    EXPECT_FALSE(has_result());
}

TEST_F(CrossingTest, AStrangerDoesNotEndTheWaitAndADeadPeerIsNamed) {
    auto left = arguments("--listen", "left.csv", "left.key", "terms.json");
    left.insert(left.end(), {"--out", folder_ / "both.csv"});
    auto process = platform::Process::spawn(
        {altis_program(), left, platform::ProcessOutput::kFile, folder_ / "left.out"});
    ASSERT_TRUE(process);
    // Somebody with another key, who says the terms name him.
    Json wrong = terms();
    const std::string stranger = make_key("stranger.key");
    Json parties = wrong["parties"];
    Json second = parties.items()[1];
    second.set("key", stranger);
    wrong.set("parties", Json::array({parties.items()[0], second}));
    write(folder_ / "wrong.json", wrong.to_string());
    const Finished refused = run_altis(
        arguments("--connect", "right.ndjson", "stranger.key", "wrong.json"), Capture::kEverything);
    EXPECT_NE(refused.status, 0);
    EXPECT_NE(refused.output.find("peer.wrong_key"), std::string::npos) << refused.output;
    const Finished served = run_altis(
        arguments("--connect", "right.ndjson", "right.key", "terms.json"), Capture::kEverything);
    EXPECT_EQ(served.status, 0) << served.output;
    const auto status = (*process)->wait(seconds(30));
    EXPECT_TRUE(status && *status == 0) << read(folder_ / "left.out");
}

TEST_F(CrossingTest, AKeyIsNeverOverwrittenAndEveryKeyFileIsPrivate) {
    EXPECT_NE(run_altis({"rooms", "crossing-key", folder_ / "left.key"}, Capture::kEverything)
                  .output.find("crossing.key_exists"),
              std::string::npos);
    EXPECT_EQ(read(folder_ / "left.key").find(right_key_), std::string::npos);
}

constexpr int kFans = 400;

// A broker between the organisers and the airline, who agreed on a key without it.
class BlindBrokerTest : public GamesTest {
  protected:
    void begin() override {
        Caller admin = server_->admin();
        const auto key = issue_key(admin, "la28-tables", "la28", {"treasury"});
        ASSERT_TRUE(key) << key.error().message;
        treasury_key_ = *key;
        const std::string left = make_key("left.key");
        const std::string right = make_key("right.key");
        offer("left");
        offer("right");
        const std::string id = agree("left", "right", right);
        EXPECT_EQ(id.size(), 16U);
        EXPECT_EQ(id, agree("right", "left", left));
        std::string attended = "email,consent,attended\n";
        std::string booked = "email,consent,booked\n";
        for (int i = 0; i < kFans; ++i) {
            // Who attended books three times as often.
            const bool was_there = i % 2 == 0;
            const bool has_booked = was_there ? i % 8 < 6 : i % 8 == 1;
            attended += address(i) + ",yes," + (was_there ? "1" : "0") + "\n";
            if (i >= kFans / 4) booked += address(i) + ",yes," + (has_booked ? "1" : "0") + "\n";
        }
        attended += "nobody@example.net,no,1\n";
        write(folder_ / "left.csv", attended);
        write(folder_ / "right.csv", booked);
    }

    static std::string address(int number) {
        return "visitor." + std::to_string(number) + "@example.net";
    }

    std::string make_key(const std::string& name) {
        const Finished made = run_altis({"rooms", "crossing-key", folder_ / name});
        return made.output.substr(0, made.output.find('\n'));
    }

    void offer(const std::string& who) {
        const Finished made =
            run_altis({"rooms", "study-offer", "boost", "--key-file", folder_ / (who + ".key"),
                       "--pending", folder_ / (who + ".pending")});
        EXPECT_EQ(made.status, 0);
        write(folder_ / (who + ".offer"), made.output);
    }

    // The id of the key.
    std::string agree(const std::string& who, const std::string& other, const std::string& peer) {
        const Finished made = run_altis({"rooms", "study-key", folder_ / (other + ".offer"),
                                         "--peer", peer, "--key-file", folder_ / (who + ".key"),
                                         "--pending", folder_ / (who + ".pending"), "--out",
                                         folder_ / (who + ".study"), "--json"});
        EXPECT_EQ(made.status, 0);
        EXPECT_NE(::access((folder_ / (who + ".pending")).c_str(), F_OK), 0);
        const auto json = codec::parse_json(made.output);
        return json ? std::string((*json)["id"].as_string()) : std::string();
    }

    std::string tagged(const std::string& side, const std::string& attribute) {
        const Finished made =
            run_altis({"rooms", "tag", folder_ / (side + ".csv"), "--study-key",
                       folder_ / (side + ".study"), "--side", side, "--attributes", attribute});
        EXPECT_EQ(made.status, 0);
        return made.output;
    }

    void import(const std::string& key, const std::string& csv) {
        Caller caller = server_->caller(key);
        const Reply taken =
            caller.send(server::Method::kPut, "/v1/treasury/boost", "text/csv", csv);
        ASSERT_EQ(taken.status, 200) << taken.text;
    }

    Reply ask() {
        const Json room = Json::object(
            {{"id", "boost"},
             {"edition", kEdition},
             {"purpose", "clean_room"},
             {"templates", Json::array({"overlap_and_lift"})},
             {"owners",
              Json::array({room_owner({"left", "la28", "boost", {"attended"}, 20'000'000}),
                           room_owner({"right", "airline", "boost", {"booked"}, 20'000'000})})},
             {"receivers", Json::array({"la28", "airline"})},
             {"minimum_group", 20},
             {"until", "2099-01-01T00:00:00Z"}});
        EXPECT_EQ(owner().post("/v1/rooms", room).status, 201);
        EXPECT_EQ(owner().post("/v1/rooms/boost/approvals", Json::object()).status, 200);
        EXPECT_EQ(airline().post("/v1/rooms/boost/approvals", Json::object()).status, 200);
        const auto is_yes = [](std::string_view column) {
            return Json::array({Json::object({{"column", column}, {"is", Json::array({"yes"})}})});
        };
        const Json parameters = Json::object({{"segment", "attended"},
                                              {"exposed", is_yes("attended")},
                                              {"acted", is_yes("booked")}});
        return airline().post("/v1/rooms/boost/questions",
                              Json::object({{"template", "overlap_and_lift"},
                                            {"epsilon_micro", 10'000'000},
                                            {"parameters", parameters}}));
    }

    static double value_of(const Json& answer, std::string_view name) {
        for (const Json& figure : answer["figures"].items())
            if (figure["name"].as_string() == name) return figure["value"].as_double();
        return -1;
    }

    // Every identifier, and its plain hash in bytes and hex.
    static std::vector<std::string> identifying_texts() {
        std::vector<std::string> texts = {"@example.net", "visitor."};
        for (int i = 0; i < kFans; i += 100) {
            const crypto::Digest sha256 = crypto::sha256(address(i));
            const std::string sha1 = crypto::sha1(address(i));
            for (const std::string& hash : {std::string(crypto::as_text(sha256)), sha1}) {
                texts.push_back(hash.substr(0, 16));
                texts.push_back(codec::to_hex(hash).substr(0, 32));
            }
        }
        return texts;
    }

    // Which of the texts the broker's process holds in memory that it can write to; nothing where
    // the system does not allow to look.
    std::optional<std::set<std::string>> in_memory(const std::vector<std::string>& texts) const {
        const std::string process = "/proc/" + std::to_string(server_->pid());
        std::ifstream maps(process + "/maps");
        std::ifstream memory(process + "/mem", std::ios::binary);
        if (!memory) return std::nullopt;
        constexpr std::uintptr_t kChunk = 1U << 20;
        constexpr std::uintptr_t kOverlap = 64;  // longer than any text
        std::set<std::string> found;
        std::string bytes(kChunk + kOverlap, '\0');
        for (std::string line; std::getline(maps, line);) {
            std::istringstream words(line);
            std::uintptr_t from = 0;
            std::uintptr_t to = 0;
            char dash = 0;
            std::string mode;
            words >> std::hex >> from >> dash >> to >> mode;
            for (; mode.starts_with("rw") && from < to; from += kChunk) {
                memory.clear();
                memory.seekg(static_cast<std::streamoff>(from));
                memory.read(bytes.data(),
                            static_cast<std::streamsize>(std::min(to - from, kChunk + kOverlap)));
                const auto size = static_cast<std::size_t>(memory.gcount());
                if (bytes.find_first_not_of('\0') >= size) continue;
                for (const std::string& text : texts) {
                    if (::memmem(bytes.data(), size, text.data(), text.size()) != nullptr)
                        found.insert(text);
                }
            }
        }
        return found;
    }

    std::string treasury_key_;
};

TEST_F(BlindBrokerTest, CountsForOwnersAndHoldsNoIdentifierAnywhere) {
    const std::string left = tagged("left", "attended");
    const std::string right = tagged("right", "booked");
    EXPECT_EQ(std::ranges::count(left, '\n'), kFans + 1) << "who did not consent is not there";
    EXPECT_EQ(std::ranges::count(right, '\n'), 384 + 1) << "padded to its class";
    import(treasury_key_, left);
    import(keys_.airline, right);
    const Reply answer = ask();
    ASSERT_EQ(answer.status, 200) << answer.text;
    EXPECT_TRUE(answer.json["trust"].as_string().starts_with("T1: "));
    EXPECT_TRUE(answer.json["receipt"]["trust"].as_string().starts_with("T1: "));
    // 300 of 400 are in both; noise of scale 0.2 moves the share by far less than a hundredth.
    EXPECT_NEAR(value_of(answer.json, "overlap"), 0.75, 0.02);
    EXPECT_NEAR(value_of(answer.json, "lift"), 3.0, 0.3);
    write(folder_ / "answer.json", answer.text);
    EXPECT_EQ(run_altis({"rooms", "verify", folder_ / "answer.json"}).status, 0);

    const auto texts = identifying_texts();
    // A tag shows that the search sees the tables.
    const std::string tag = *codec::from_hex(left.substr(left.find('\n') + 1, 32));
    auto searched = texts;
    searched.push_back(tag);
    const auto found = in_memory(searched);
    if (found) {
        EXPECT_EQ(*found, std::set<std::string>{tag});
    }
    server_->stop();
    EXPECT_EQ(files_that_hold(folder_ / "data", texts), std::vector<std::string>{});
    const Finished journal =
        run_altis({"journal", "cat", "--open-seals", "--data", folder_ / "data"});
    ASSERT_EQ(journal.status, 0);
    for (const std::string& text : texts)
        EXPECT_EQ(journal.output.find(text), std::string::npos) << "in the opened journal";
}

TEST_F(BlindBrokerTest, TablesOfDifferentTrustAreNotCountedTogether) {
    import(treasury_key_, tagged("left", "attended"));
    Caller sponsor = airline();
    ASSERT_TRUE(declare_customers(sponsor, "boost"));
    ASSERT_EQ(sponsor
                  .send(server::Method::kPut, "/v1/treasury/boost", "text/csv",
                        "email,booked\n" + address(1) + ",1\n")
                  .status,
              200);
    EXPECT_EQ(ask().code(), "rooms.mixed_trust");
    const std::string right = tagged("right", "booked");
    const Reply damaged = sponsor.send(server::Method::kPut, "/v1/treasury/boost", "text/csv",
                                       right + address(2) + ",1,1\n");
    EXPECT_EQ(damaged.code(), "study.bad_table");
    EXPECT_EQ(damaged.text.find(address(2)), std::string::npos);
}

}  // namespace
}  // namespace altis::e2e
