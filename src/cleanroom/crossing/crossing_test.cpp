#include "cleanroom/crossing/crossing.h"

#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <thread>

#include "cleanroom/crossing/dh_protocol.h"
#include "cleanroom/crossing/test_pipe.h"

namespace altis::cleanroom::crossing {
namespace {

using Names = std::vector<std::string>;

Names people(std::size_t from, std::size_t to) {
    Names names;
    for (std::size_t i = from; i < to; ++i)
        names.push_back("person" + std::to_string(i) + "@example.org");
    return names;
}

constexpr Time kNow{1'000'000};

// Both sides of a crossing, and what a test may change about them.
struct Game {
    crypto::Signer left{crypto::Digest{1}};
    crypto::Signer right{crypto::Digest{2}};
    Terms left_terms = terms();
    Terms right_terms = terms();
    Names left_members = people(0, 60);
    Names right_members = people(40, 100);
    crypto::Digest left_session{7};
    crypto::Digest right_session{7};
    std::string left_sent;
    std::string right_sent;

    Terms terms() const {
        return {
            "la28-airline",
            "segment_sharing",
            Identifier::kEmail,
            std::string(kDhProtocol),
            20,
            {Party{"la28", left.public_key(), true}, Party{"airline", right.public_key(), false}},
            Time{kNow.us + 1}};
    }
    void both_receive() {
        left_terms.parties[1].receives = true;
        right_terms.parties[1].receives = true;
    }

    OwnSide left_side() const { return side(left, left_session, 11, left_members); }
    OwnSide right_side() const { return side(right, right_session, 12, right_members); }
    static OwnSide side(const crypto::Signer& signer, const crypto::Digest& session,
                        std::uint8_t seed, const Names& members) {
        return {signer, session, crypto::Digest{seed}, members, kNow, 2, {}};
    }

    std::pair<Result<Crossed>, Result<Crossed>> play() {
        TestStream to_left;
        TestStream to_right;
        std::optional<Result<Crossed>> other;
        std::thread thread([&] {
            TestWire wire(to_right, to_left);
            other = cross(right_terms, right_side(), DhProtocol(), wire);
            right_sent = wire.sent;
        });
        TestWire wire(to_left, to_right);
        auto own = cross(left_terms, left_side(), DhProtocol(), wire);
        left_sent = wire.sent;
        to_right.end();
        thread.join();
        return {std::move(own), std::move(*other)};
    }

    // The left side against bytes that are there already, and the end behind them or silence.
    enum class Then : std::uint8_t { kEnd, kSilence };
    Result<Crossed> play_against(std::string_view bytes, Then then = Then::kEnd) {
        TestStream in;
        TestStream out;
        in.put(bytes);
        if (then == Then::kEnd) in.end();
        TestWire wire(in, out);
        return cross(left_terms, left_side(), DhProtocol(), wire);
    }
};

std::vector<Frame> frames_of(std::string_view bytes) {
    FrameParser parser;
    parser.add(bytes);
    std::vector<Frame> frames;
    while (true) {
        auto frame = parser.next();
        if (!frame || !*frame) return frames;
        frames.push_back(std::move(**frame));
    }
}

std::string bytes_of(const std::vector<Frame>& frames) {
    std::string bytes;
    for (const Frame& frame : frames)
        bytes += encode_frame(frame.type, frame.payload);
    return bytes;
}

Names chosen(const Names& names, const std::vector<std::uint32_t>& indices) {
    Names result;
    for (const std::uint32_t index : indices)
        result.push_back(names[index]);
    return result;
}

TEST(Crossing, TheReceiverAloneLearnsWhoIsInBoth) {
    Game game;
    const auto [left, right] = game.play();
    ASSERT_TRUE(left) << left.error().message;
    ASSERT_TRUE(right) << right.error().message;
    EXPECT_EQ(chosen(game.left_members, left->both), people(40, 60));
    EXPECT_TRUE(left->receives);
    EXPECT_FALSE(right->receives);
    EXPECT_TRUE(right->both.empty());
    EXPECT_EQ(left->peer_class, 256U);
    EXPECT_EQ(left->bytes_sent, right->bytes_received);
    EXPECT_TRUE(crypto::verify_signature(
        game.right.public_key(), hello_text(1, game.left_session, hash_of(game.left_terms), 256),
        left->peer_signature));
    for (const Frame& frame : frames_of(game.left_sent)) {
        if (frame.type == FrameType::kTags) {
            EXPECT_EQ(frame.payload.size(), 4U) << "tags went to a side that does not receive";
        }
    }
}

TEST(Crossing, BothLearnTheirOwnMembersWhenBothReceive) {
    Game game;
    game.both_receive();
    game.left_members = people(0, 700);
    game.right_members = people(300, 900);
    const auto [left, right] = game.play();
    ASSERT_TRUE(left) << left.error().message;
    ASSERT_TRUE(right) << right.error().message;
    EXPECT_EQ(chosen(game.left_members, left->both), people(300, 700));
    EXPECT_EQ(chosen(game.right_members, right->both), people(300, 700));
    EXPECT_EQ(left->own_class, 768U);
}

TEST(Crossing, WhatIsSentTellsTheClassAlone) {
    std::set<std::size_t> sizes;
    for (const std::size_t members : {30U, 60U, 256U}) {
        Game game;
        game.left_members = people(0, members);
        game.right_members = people(0, 60);
        ASSERT_TRUE(game.play().first);
        sizes.insert(game.left_sent.size());
    }
    EXPECT_EQ(sizes.size(), 1U);
}

TEST(Crossing, PaddingAndMembersLookTheSame) {
    Game game;
    ASSERT_TRUE(game.play().first);
    std::set<std::string> points;
    for (const Frame& frame : frames_of(game.left_sent)) {
        if (frame.type != FrameType::kPoints) continue;
        for (std::size_t i = 4; i < frame.payload.size(); i += kPointBytes)
            points.insert(frame.payload.substr(i, kPointBytes));
    }
    EXPECT_EQ(points.size(), 256U) << "padding repeats points";
}

// Chi-squared over 16 places with 15 degrees of freedom: above 44 once in 10,000 good shuffles.
TEST(Crossing, EveryPlaceIsAsLikely) {
    constexpr std::uint32_t kSize = 16;
    constexpr int kDraws = 4'000;
    std::array<std::array<int, kSize>, 2> places{};
    for (int i = 0; i < kDraws; ++i) {
        const auto order = shuffled(kSize, crypto::sha256(std::to_string(i)));
        for (std::uint32_t place = 0; place < kSize; ++place) {
            if (order[place] == 0) ++places[0][place];
            if (order[place] == kSize - 1) ++places[1][place];
        }
    }
    for (const auto& counts : places) {
        double chi_squared = 0;
        for (const int count : counts) {
            const double off = count - static_cast<double>(kDraws) / kSize;
            chi_squared += off * off / (static_cast<double>(kDraws) / kSize);
        }
        EXPECT_LT(chi_squared, 44.0);
    }
}

TEST(Crossing, OtherTermsEndItBeforeAnyPoint) {
    const std::vector<std::function<void(Terms&)>> changes = {
        [](Terms& terms) { terms.room = "other"; },
        [](Terms& terms) { terms.purpose = "messages"; },
        [](Terms& terms) { terms.minimum = 21; },
        [](Terms& terms) { terms.parties[1].receives = true; },
        [](Terms& terms) { terms.until = Time{kNow.us + 1'000'000}; },
        [](Terms& terms) { terms.identifier = Identifier::kPhone; }};
    for (const auto& change : changes) {
        Game game;
        change(game.right_terms);
        const auto [left, right] = game.play();
        ASSERT_FALSE(left);
        ASSERT_FALSE(right);
        EXPECT_EQ(left.error().reason, "crossing.other_terms");
        EXPECT_EQ(right.error().reason, "crossing.other_terms");
        for (const Frame& frame : frames_of(game.left_sent + game.right_sent))
            EXPECT_NE(frame.type, FrameType::kPoints);
    }
}

TEST(Crossing, AHelloOfAnotherConnectionOrKeyIsForged) {
    Game game;
    game.right_session = crypto::Digest{8};
    EXPECT_EQ(game.play().first.error().reason, "crossing.forged_hello");
}

TEST(Crossing, ASmallResultIsRefusedByBoth) {
    Game game;
    game.right_members = people(41, 100);
    const auto [left, right] = game.play();
    ASSERT_FALSE(left);
    ASSERT_FALSE(right);
    EXPECT_EQ(left.error().reason, "crossing.result_too_small");
    EXPECT_EQ(right.error().reason, "crossing.result_too_small");
}

TEST(Crossing, WhatIsOwnIsCheckedBeforeAnythingIsSent) {
    Game late;
    late.left_terms.until = kNow;
    EXPECT_EQ(late.play_against("").error().reason, "crossing.expired");
    Game small;
    small.left_members = people(0, 19);
    EXPECT_EQ(small.play_against("").error().reason, "crossing.too_few_members");
    Game stranger;
    stranger.left_terms.parties[0].key = crypto::PublicKey{};
    EXPECT_EQ(stranger.play_against("").error().reason, "crossing.not_a_party");
}

// A peer that keeps to the protocol up to some frame, which a test then changes.
class HostilePeer : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(game_.play().first);
        frames_ = frames_of(game_.right_sent);
        ASSERT_EQ(frames_.size(), 4U);  // hello, points, tags, verdict in some order of the middle
        if (frames_[1].type == FrameType::kTags) std::swap(frames_[1], frames_[2]);
    }
    std::string reason() { return play(bytes_of(frames_)); }
    std::string play(std::string_view bytes, Game::Then then = Game::Then::kEnd) {
        const auto crossed = game_.play_against(bytes, then);
        return crossed ? "none" : crossed.error().reason;
    }

    Game game_;
    std::vector<Frame> frames_;
};

TEST_F(HostilePeer, IsHarmlessWhileItKeepsToTheProtocol) {
    // The answer to points that were not sent yet may not come first.
    const std::string got = reason();
    EXPECT_TRUE(got == "none" || got == "crossing.wrong_count") << got;
}

TEST_F(HostilePeer, PointsOutsideOfTheGroupAreNamed) {
    frames_.resize(2);
    frames_[1].payload[4 + 31] = '\xff';
    EXPECT_EQ(play(bytes_of(frames_), Game::Then::kSilence), "crossing.bad_point");
    std::fill_n(frames_[1].payload.begin() + 4, kPointBytes, '\0');
    EXPECT_EQ(play(bytes_of(frames_), Game::Then::kSilence), "crossing.bad_point") << "identity";
}

TEST_F(HostilePeer, WrongCountsAreNamed) {
    frames_.resize(2);
    const std::string whole = frames_[1].payload;
    frames_[1].payload.resize(whole.size() - kPointBytes);
    EXPECT_EQ(reason(), "crossing.wrong_count");
    frames_[1].payload = whole;
    frames_[1].payload[0] = 1;
    EXPECT_EQ(reason(), "crossing.wrong_count") << "a batch that the class does not have";
    frames_[1] = {FrameType::kTags, std::string("\x05\0\0\0", 4)};
    EXPECT_EQ(reason(), "crossing.wrong_count") << "an answer to nothing";
}

TEST_F(HostilePeer, RepetitionsAreNamed) {
    frames_.resize(2);
    frames_.push_back(frames_[1]);
    EXPECT_EQ(reason(), "crossing.batch_repeated");
    frames_[2] = frames_[0];
    EXPECT_EQ(reason(), "crossing.out_of_order");
    frames_.resize(1);
    frames_.push_back({FrameType::kVerdict, std::string(1, '\0')});
    EXPECT_EQ(reason(), "crossing.out_of_order");
}

TEST_F(HostilePeer, EndsAreNamed) {
    frames_.resize(1);
    frames_.push_back({FrameType::kVerdict, std::string(1, '\3')});
    EXPECT_EQ(reason(), "crossing.peer_refused");
    frames_[1].payload[0] = '\7';
    EXPECT_EQ(reason(), "crossing.bad_frame");
}

TEST_F(HostilePeer, OversizeAndUnknownFramesAreRefusedBeforeTheyAreRead) {
    const std::string hello = encode_frame(FrameType::kHello, frames_[0].payload);
    EXPECT_EQ(play(hello + std::string("\xff\xff\xff\x7f\x02", 5)), "crossing.bad_frame");
    EXPECT_EQ(play(hello + std::string("\x04\0\0\0\x09", 5)), "crossing.bad_frame");
    EXPECT_EQ(play("GET / HTTP/1.1\r\n\r\n"), "crossing.bad_frame");
}

TEST_F(HostilePeer, ADuplicatePointIsFoundByTheHonestSide) {
    Game twice;
    twice.right_members = people(0, 40);
    twice.right_members[1] = twice.right_members[0];
    const auto [left, right] = twice.play();
    ASSERT_FALSE(left);
    ASSERT_FALSE(right);
    EXPECT_EQ(left.error().reason, "crossing.repeated_points");
    EXPECT_EQ(right.error().reason, "crossing.peer_refused");
}

TEST_F(HostilePeer, StoppingAtAnyByteIsNamed) {
    const std::string bytes = bytes_of(frames_);
    const std::size_t hello = kFrameHeadBytes + frames_[0].payload.size();
    for (std::size_t size = 0; size < hello; ++size)
        ASSERT_EQ(play(bytes.substr(0, size)), "crossing.cut_off") << size;
    // Behind the hello each attempt computes 256 points.
    for (std::size_t size = hello; size < hello + kMaxPayloadBytes; size += 411)
        ASSERT_EQ(play(bytes.substr(0, size)), "crossing.cut_off") << size;
}

TEST(SizeClass, IsTheNextOfPowersOfTwoAndTheirHalvesMore) {
    EXPECT_EQ(size_class(0), 256U);
    EXPECT_EQ(size_class(256), 256U);
    EXPECT_EQ(size_class(257), 384U);
    EXPECT_EQ(size_class(385), 512U);
    EXPECT_EQ(size_class(700'000), 786'432U);
    EXPECT_EQ(size_class(4'194'304), 4'194'304U);
    EXPECT_EQ(size_class(4'194'305).error().reason, "crossing.too_many_members");
    EXPECT_TRUE(is_size_class(384));
    EXPECT_FALSE(is_size_class(385));
    EXPECT_FALSE(is_size_class(0));
}

TEST(Terms, AreReadWrittenAndChecked) {
    const Terms terms = Game().terms();
    const auto again = terms_from_json(to_json(terms));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, terms);
    EXPECT_EQ(hash_of(*again), hash_of(terms));
    const std::vector<std::pair<std::string, codec::Json>> wrong = {
        {"room", "Not An Id"},  {"purpose", "anything"}, {"identifier", "name"},
        {"protocol", "fast-1"}, {"minimum", 9},          {"parties", codec::Json::array()}};
    for (const auto& [member, value] : wrong) {
        codec::Json json = to_json(terms);
        json.set(member, value);
        EXPECT_EQ(terms_from_json(json).error().reason, "crossing.terms_invalid") << member;
    }
    Terms nobody = terms;
    nobody.parties[0].receives = false;
    EXPECT_FALSE(terms_from_json(to_json(nobody)));
}

}  // namespace
}  // namespace altis::cleanroom::crossing
