// libFuzzer entry: no bytes may crash the reader of ODF, and what it accepts is written and read
// back as the same message. Build with clang++ -fsanitize=fuzzer,address,undefined.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "results/odf.h"
#include "results/odf_writer.h"
#include "results/rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::results;
    auto message = parse_odf({reinterpret_cast<const char*>(data), size});
    if (!message) return 0;
    if (const auto rsc = Rsc::parse(message->document_code)) {
        const UnitRules rules = default_rules().for_unit(*rsc);
        static_cast<void>(verify_totals(rules, message->results));
        static_cast<void>(check_ranks(rules, message->results));
        static_cast<void>(check_lines(rules, message->results));
    }
    message->warnings.clear();
    auto again = parse_odf(write_odf(*message));
    ALTIS_ASSERT(again.has_value());
    again->warnings.clear();
    ALTIS_ASSERT(*again == *message);
    return 0;
}
