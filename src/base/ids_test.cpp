#include "base/ids.h"

#include <gtest/gtest.h>
#include <random>
#include <rapidcheck.h>

namespace altis {
namespace {

using Entropy = std::array<std::uint8_t, 10>;

TEST(Uuid, MatchesTheExampleOfRfc9562) {
    // Appendix A.6: 2022-02-22T14:22:22.000-05:00, rand_a CC3, rand_b 18C4DC0C0C07398F.
    const Time time = *parse_rfc3339("2022-02-22T14:22:22-05:00");
    const Entropy entropy = {0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
    EXPECT_EQ(to_string(make_uuid7(time, entropy)), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Uuid, SortsByTimeAndCarriesItsVersion) {
    EXPECT_TRUE(rc::check([](const Entropy& a, const Entropy& b) {
        const auto ms = *rc::gen::inRange<std::int64_t>(0, 281'474'976'710'655);
        const Uuid first = make_uuid7(Time{ms * 1000}, a);
        const Uuid second = make_uuid7(Time{(ms + 1) * 1000}, b);
        RC_ASSERT(first < second);
        RC_ASSERT(to_string(first) < to_string(second));
        RC_ASSERT(to_string(first)[14] == '7');
        RC_ASSERT(std::string_view("89ab").find(to_string(first)[19]) != std::string_view::npos);
    }));
}

TEST(Uuid, TimesBefore1970CountAs1970) {
    EXPECT_EQ(make_uuid7(civil_date(1900, 1, 1), {}), make_uuid7(Time{0}, {}));
}

TEST(Uuid, TextRoundTripsInEitherCase) {
    EXPECT_TRUE(rc::check([](const std::array<std::uint8_t, 16>& bytes) {
        const Uuid uuid{bytes};
        std::string text = to_string(uuid);
        RC_ASSERT(parse_uuid(text) == uuid);
        for (char& c : text)
            c = static_cast<char>(std::toupper(c));
        RC_ASSERT(parse_uuid(text) == uuid);
    }));
}

TEST(Uuid, RefusesEveryOtherForm) {
    const std::string good = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    ASSERT_TRUE(parse_uuid(good));
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = 'g';
        ASSERT_FALSE(parse_uuid(bad)) << bad;
        EXPECT_EQ(parse_uuid(bad).error().reason, "uuid.malformed");
        EXPECT_FALSE(parse_uuid(good.substr(0, i)));
    }
    for (const char* text :
         {"017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
          "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ", "017f22e27-9b0-7cc3-98c4-dc0c0c07398f"}) {
        EXPECT_FALSE(parse_uuid(text)) << text;
    }
}

TEST(Uuid, SurvivesMutations) {
    std::mt19937_64 random(20260219);
    for (int i = 0; i < 20'000; ++i) {
        std::string text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
        text[random() % text.size()] = static_cast<char>(random());
        if (random() % 4 == 0) text.resize(random() % 40, 'a');
        const auto uuid = parse_uuid(text);
        if (uuid) {
            ASSERT_EQ(parse_uuid(to_string(*uuid)), *uuid);
        }
    }
}

}  // namespace
}  // namespace altis
