// The words of the fan's own page, by language.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "rights/model.h"

namespace altis::service {

// A sentence for one purpose that a person decides about.
struct PurposeWords {
    rights::Purpose purpose;
    std::string_view words;
};

struct FanPageWords {
    std::string_view code;       // "en"
    std::string_view name;       // "English"
    std::string_view direction;  // "ltr" or "rtl"
    std::string_view title;
    std::string_view intro;  // {} is the moment until which the link holds
    std::string_view known;
    std::string_view groups;
    std::string_view because;
    std::string_view no_groups;
    std::string_view identifiers;
    std::string_view whole;  // everything, as a file
    std::string_view why;
    std::string_view no_messages;
    std::string_view why_sentence;  // {} is whom the fan follows
    std::string_view choices;
    std::array<PurposeWords, 5> purposes;
    std::string_view no_results;
    std::string_view quiet_from;
    std::string_view quiet_until;
    std::string_view daily_cap;
    std::string_view save;
    std::string_view saved;
    std::string_view erase;
    std::string_view erase_explained;
    std::string_view erase_sure;
    std::string_view erased;
    std::string_view receipt;
    std::string_view closed;  // the link has ended, or is none
};

// English first.
std::span<const FanPageWords> fan_page_languages();

// The language that was asked for, else the first of an Accept-Language header that is here, else
// English. Takes any bytes.
const FanPageWords& fan_page_words(std::string_view asked, std::string_view accept_language);

}  // namespace altis::service
