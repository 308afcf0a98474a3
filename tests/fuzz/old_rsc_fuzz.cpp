// Fuzzes results/rsc_table.h: code lists, and old codes against what was loaded.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "results/rsc_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::results;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto old = OldRsc::parse(text.substr(0, kOldRscCharacters));
    const auto table = RscTable::load(text);
    if (old) ALTIS_ASSERT(old->text() == text.substr(0, kOldRscCharacters));
    if (!old || !table) return 0;
    const auto event = table->event_of(*old);
    if (event) static_cast<void>(table->old_of(*event));
    return 0;
}
