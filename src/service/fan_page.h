// A fan's own page: what is known, why messages came, the person's choices, and the way out. One
// page without any script, in the languages of fan_page_words.h; every text of the data is escaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "messages/preferences.h"
#include "service/fan_page_words.h"

namespace altis::service {

constexpr std::size_t kMaxFormBytes = 4'096;  // of the person's choices

// What the page shows.
struct FanPage {
    std::string token;  // of the link: where the forms go
    std::string until;  // RFC 3339
    std::string edition;
    codec::Json known;     // {"profile", "identity", "segments"} as person_export.h gives them
    codec::Json messages;  // of MessagesBook::received
    std::vector<rights::Purpose> allowed;
    messages::Preferences preferences;
    bool is_saved = false;  // the choices, just now
};

// Pure.
std::string fan_page(const FanPageWords& words, const FanPage& page);
// After the erasure, with its receipt.
std::string farewell_page(const FanPageWords& words, const codec::Json& receipt);
// In place of a page whose link does not hold.
std::string closed_page(const FanPageWords& words);

// What the person chose: all purposes of the page that are allowed from now on, and the preferences
// as they were with what the form says.
struct FanChoices {
    std::vector<rights::Purpose> allowed;
    messages::Preferences preferences;
};
// Reads the page's form. Fails with "http.malformed_target" or "page.choices_invalid".
Result<FanChoices> read_choices(std::string_view form, const messages::Preferences& before,
                                std::string_view edition);

}  // namespace altis::service
