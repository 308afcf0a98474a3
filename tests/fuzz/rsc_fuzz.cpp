// Fuzzes results/rsc.h and the result values of results/rules.h: what is accepted reads the same a
// second time.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "results/rsc.h"
#include "results/rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::results;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto rsc = Rsc::parse(text)) ALTIS_ASSERT(rsc->text() == text);
    std::vector<Warning> repairs;
    if (const auto rsc = repair_rsc(text, repairs)) {
        ALTIS_ASSERT(repairs.empty() == (rsc->text() == text));
        ALTIS_ASSERT(Rsc::parse(rsc->text()).has_value());
    }
    static_cast<void>(parse_result_value(text));
    return 0;
}
