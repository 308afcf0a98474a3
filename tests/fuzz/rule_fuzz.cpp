// Fuzzes fans/rule.h: what is accepted evaluates to one value, and reads the same a second time.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "fans/rule.h"

namespace {

using namespace altis::fans;

// A rule in postfix order must leave exactly one operand, and fit into the 64 bits of evaluate().
void check_steps(const Rule& rule) {
    std::size_t depth = 0;
    for (const Step& step : rule.steps) {
        switch (step.kind) {
            case Step::Kind::kPredicate:
                ALTIS_ASSERT(step.predicate < rule.predicates.size());
                ++depth;
                break;
            case Step::Kind::kNot:
                ALTIS_ASSERT(depth >= 1);
                break;
            case Step::Kind::kAnd:
            case Step::Kind::kOr:
                ALTIS_ASSERT(depth >= 2);
                --depth;
        }
        ALTIS_ASSERT(depth <= 64);
    }
    ALTIS_ASSERT(depth == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto rule = parse_rule({reinterpret_cast<const char*>(data), size});
    if (!rule) return 0;
    check_steps(*rule);
    static_cast<void>(rule->evaluate([](std::uint32_t i) { return i % 2 == 0; }));
    const auto again = parse_rule(rule->text);
    ALTIS_ASSERT(again && again->text == rule->text);
    ALTIS_ASSERT(again->predicates.size() == rule->predicates.size());
    ALTIS_ASSERT(again->steps.size() == rule->steps.size());
    return 0;
}
