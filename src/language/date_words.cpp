#include "language/date_words.h"

#include <algorithm>
#include <array>
#include <set>
#include <unicode/dtfmtsym.h>
#include <unicode/reldatefmt.h>

#include "base/assert.h"
#include "language/icu_text.h"
#include "language/letters.h"

namespace altis::language {
namespace {

using icu::UnicodeString;

class Collector {
  public:
    explicit Collector(std::string_view language) : locale_(locale_of(language)) {}

    std::vector<std::u32string> collect() {
        add_names();
        add_relative();
        return {words_.begin(), words_.end()};
    }

  private:
    using Symbols = icu::DateFormatSymbols;

    void add_names() {
        UErrorCode status = U_ZERO_ERROR;
        const Symbols symbols(locale_, status);
        ALTIS_ASSERT(U_SUCCESS(status));
        for (const auto context : {Symbols::FORMAT, Symbols::STANDALONE}) {
            for (const auto width : {Symbols::WIDE, Symbols::ABBREVIATED}) {
                std::int32_t count = 0;
                const UnicodeString* names = symbols.getMonths(count, context, width);
                for (std::int32_t i = 0; i < count; ++i)
                    add(names[i]);
                names = symbols.getWeekdays(count, context, width);
                for (std::int32_t i = 1; i < count; ++i)  // 0 is no day
                    add(names[i]);
            }
        }
    }

    void add_relative() {
        UErrorCode status = U_ZERO_ERROR;
        const icu::RelativeDateTimeFormatter formatter(locale_, status);
        ALTIS_ASSERT(U_SUCCESS(status));
        for (const auto unit :
             {UDAT_ABSOLUTE_DAY, UDAT_ABSOLUTE_WEEK, UDAT_ABSOLUTE_MONTH, UDAT_ABSOLUTE_YEAR}) {
            for (const auto direction :
                 {UDAT_DIRECTION_LAST_2, UDAT_DIRECTION_LAST, UDAT_DIRECTION_THIS,
                  UDAT_DIRECTION_NEXT, UDAT_DIRECTION_NEXT_2}) {
                UnicodeString text;
                UErrorCode failed = U_ZERO_ERROR;
                formatter.format(direction, unit, text, failed);
                if (U_SUCCESS(failed)) add(text);
            }
        }
    }

    void add(const UnicodeString& name) {
        std::u32string word;
        bool is_latin = true;
        for (std::int32_t i = 0; i < name.length(); i = name.moveIndex32(i, 1)) {
            const auto code = static_cast<char32_t>(name.char32At(i));
            if (is_numeric(code)) return;
            const char32_t letter = plain_letter(code);
            if (letter == 0 || letter == '.') continue;
            is_latin = is_latin && letter < 0x0250;
            word.push_back(letter);
        }
        const std::size_t shortest = is_latin ? 3 : 2;
        if (word.size() >= shortest) words_.insert(std::move(word));
    }

    icu::Locale locale_;
    std::set<std::u32string> words_;
};

}  // namespace

std::vector<std::u32string> date_words(std::string_view language) {
    return Collector(language).collect();
}

}  // namespace altis::language
