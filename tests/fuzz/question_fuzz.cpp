// Fuzzes answers/ask.h and answers/grammar.h: whatever is asked, in whatever language, is answered
// from rows of the tables or not at all; whatever is loaded as a grammar is refused or can be asked
// with.
#include <cstddef>
#include <cstdint>
#include <string>

#include "answers/ask.h"
#include "answers/official.h"
#include "base/assert.h"

namespace {

using namespace altis::answers;

std::vector<Table> tables() {
    OfficialData data;
    data.title = "Olympic Games Paris 2024";
    data.medals = {{"USA", {40, 44, 42}, 1}, {"CHN", {40, 27, 24}, 1}, {"JPN", {20, 12, 13}, 3}};
    data.placings = {
        {"Men's 100m", "Noah Lyles", {"诺亚·莱尔斯"}, "USA", 1, "9.79", "gold"},
        {"Men's 100m", "Kishane Thompson", {}, "JAM", 2, "9.79", "silver"},
        {"Men's Marathon", "Tamirat Tola", {"タミラト・トラ"}, "ETH", 1, "2:06:26", "gold"}};
    data.fixtures = {{"Men's 100m", "2024-08-04T21:50:00+02:00", "Stade de France", "/live/100m"}};
    return official_tables(std::move(data));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto kTables = tables();
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto choice = data[0] % (languages().size() + 1);
    if (choice == languages().size()) {
        const auto grammar = Grammar::load(text);
        if (grammar) static_cast<void>(ask(kTables, *grammar, "en", "who won the men's 100m"));
        return 0;
    }
    const auto& language = languages()[choice];
    const auto answer = ask(kTables, *grammar_of(language), language, text);
    if (answer.doubt != Doubt::kNone) return 0;
    ALTIS_ASSERT(!answer.terms.empty() && !answer.value.text().empty());
    for (const auto row : answer.value.rows)
        ALTIS_ASSERT(row < kTables.at(answer.table).rows.size());
    return 0;
}
