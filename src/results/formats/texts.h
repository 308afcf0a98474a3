// Texts that several formats share: codes, clock times, names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "results/model.h"

namespace altis::results::formats {

// Letters and digits alone, upper case, at most `size` of them: "100 m" is "100M".
std::string code_text(std::string_view text, std::size_t size);

// An RSC from its parts, each made fit and padded; `number` counts units from 1. Fails with the
// reasons of `Rsc::parse`.
Result<std::string> build_rsc(std::string_view discipline, char gender, std::string_view event,
                              std::string_view modifier, std::string_view phase,
                              std::size_t number);

// "1:00.05" from "00:01:00.05" and the other way round; the other text unchanged when it is no
// time.
std::string short_time(std::string_view text);
std::string long_time(std::string_view text);

// "3723.5" seconds as "1:02:03.5", and back; nothing when the text is no such time.
std::optional<std::string> clock_of_seconds(std::string_view seconds);
std::optional<std::string> seconds_of_clock(std::string_view clock);

// "ROOTH Markus", with the family name in capitals: given name and family name.
std::pair<std::string, std::string> split_capital_name(std::string_view name);

// Splits and attempts beside the result, in their order.
bool is_split(const ExtendedValue& value);

}  // namespace altis::results::formats
