#include "results/rsc.h"

namespace altis::results {
namespace {

constexpr std::size_t kQuotedCharacters = 48;

// Shows the code with '?' for what no code may hold, so that the message stays plain ASCII.
std::string quoted(std::string_view text) {
    std::string shown(text.substr(0, kQuotedCharacters));
    for (char& c : shown) {
        if (c < ' ' || c > '~') c = '?';
    }
    return "'" + shown + "'";
}

bool is_letter_or_digit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

tl::unexpected<Error> malformed(std::string_view text, std::string_view why) {
    return fail(Code::kInvalid, "rsc.malformed",
                "RSC " + quoted(text) + " " + std::string(why) +
                    "; ask the sender for the code of the discipline's code list");
}

}  // namespace

Result<Rsc> Rsc::parse(std::string_view text) {
    if (text.size() != kRscCharacters) {
        return fail(Code::kInvalid, "rsc.wrong_length",
                    "RSC " + quoted(text) + " has " + std::to_string(text.size()) +
                        " characters instead of 34; pad each part with '-' to its full width");
    }
    for (const char c : text) {
        if (!is_letter_or_digit(c) && c != '.' && c != '-') {
            return malformed(text, "has a character other than A-Z, 0-9, '.' and '-'");
        }
    }
    for (const char c : text.substr(0, 3)) {
        if (!is_letter_or_digit(c)) return malformed(text, "has no discipline of 3 characters");
    }
    if (std::string_view("MWXO-").find(text[3]) == std::string_view::npos) {
        return malformed(text, "has no gender M, W, X or O as its 4th character");
    }
    return Rsc(text);
}

Result<Rsc> repair_rsc(std::string_view text, std::vector<Warning>& warnings) {
    constexpr std::size_t kPrefix = 4;
    if (text.size() == kRscCharacters + kPrefix && text[kPrefix - 1] == '_' &&
        text.substr(0, kPrefix - 1) == text.substr(kPrefix, kPrefix - 1)) {
        TRY(Rsc rsc, Rsc::parse(text.substr(kPrefix)));
        warnings.push_back({"rsc.prefix_removed", "RSC " + quoted(text) +
                                                      " has 38 characters; the discipline before "
                                                      "the code was removed"});
        return rsc;
    }
    if (text.size() == kRscCharacters - 1 && text.back() == '-') {
        TRY(Rsc rsc, Rsc::parse(std::string(text) + "-"));
        warnings.push_back(
            {"rsc.padded", "RSC " + quoted(text) + " has 33 characters; one '-' was added"});
        return rsc;
    }
    return Rsc::parse(text);
}

std::string_view Rsc::part(std::size_t begin, std::size_t size) const {
    const std::string_view padded = std::string_view(text_).substr(begin, size);
    return padded.substr(0, padded.find_last_not_of('-') + 1);
}

}  // namespace altis::results
