// libFuzzer entry: no bytes may crash the readers of ODF about people, codes and records, what they
// accept survives the journal's JSON, and participants are written back as they came. Build with
// clang++ -fsanitize=fuzzer,address,undefined.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "results/codes/code_tables.h"
#include "results/people/people_odf.h"
#include "results/record_marks/records_odf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::results;
    const std::string_view xml(reinterpret_cast<const char*>(data), size);
    static_cast<void>(peek_odf_type(xml));
    if (const auto list = parse_entrants_odf(xml)) {
        for (const Entrant& entrant : list->entrants)
            ALTIS_ASSERT(entrant_from(*altis::codec::parse_json(to_json(entrant).to_string())) ==
                         entrant);
        const auto again = parse_entrants_odf(write_entrants_odf(*list));
        ALTIS_ASSERT(again.has_value() && again->entrants == list->entrants);
    }
    const auto document = parse_odf_xml(xml);
    if (!document) return 0;
    const auto header = read_odf_header(document->root());
    if (!header) return 0;
    if (is_biography(header->type)) {
        static_cast<void>(parse_biography_odf(*header, document->root()));
    }
    if (const auto set = parse_codes_odf(*header, document->root())) {
        ALTIS_ASSERT(code_set_from(to_json(*set)) == *set);
    }
    if (const auto records = parse_records_odf(*header, document->root())) {
        for (const auto& [mark, status] : records->claims)
            ALTIS_ASSERT(mark.beats(mark.value()) == false);
    }
    return 0;
}
