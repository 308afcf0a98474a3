#include <gtest/gtest.h>

#include "codec/json.h"
#include "codec/mutations.h"

namespace altis::codec {
namespace {

TEST(Json, DoublesStayDoubles) {
    for (const double value :
         {0.0, 2500.0, -1.0, 0.1, 1e20, 18446744073709551616.0, 1e300, 5e-324}) {
        EXPECT_EQ(parse_json(Json(value).to_string()), Json(value)) << value;
    }
}

// Whatever is accepted can be written and read back.
TEST(Json, SurvivesMutations) {
    for_each_mutation({R"({"type":"track","properties":{"price":"35.00","quantity":2},"ok":true})",
                       R"([1,-2.5e3,null,"é\u0041\n",{},[[]]])"},
                      [](const std::string& text) {
                          const auto json = parse_json(text);
                          if (!json) return;
                          ASSERT_EQ(parse_json(json->to_string()), *json) << text;
                      });
}

}  // namespace
}  // namespace altis::codec
