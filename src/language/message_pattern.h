// Texts with places for values, in the syntax of ICU MessageFormat 1: {name}, {name, select, ...},
// {name, plural, ...}, {name, selectordinal, ...}. Parsed once and compiled, so that formatting
// parses nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace altis::language {

enum class ArgumentUse : std::uint8_t { kText, kSelect, kPlural, kOrdinal };

// A place in a pattern.
struct Argument {
    std::string name;
    ArgumentUse use = ArgumentUse::kText;
    friend bool operator==(const Argument&, const Argument&) = default;
};

// What goes into a place: `text` where it is shown (also as # of plural and selectordinal), and
// chooses the branch of select; `number` chooses the branch of plural and selectordinal.
struct ArgumentValue {
    std::string text;
    std::int64_t number = 0;
};

// Immutable and thread-safe.
class MessagePattern {
  public:
    // Fails with "language.pattern_malformed": no pattern of this syntax, a place within a branch,
    // an offset, a number format or date, or an ASCII apostrophe (it quotes syntax in
    // MessageFormat; texts use U+2019). The message says where, in UTF-16 units (of an apostrophe,
    // in bytes) from 1 on.
    static Result<MessagePattern> parse(std::string_view text, std::string_view language);

    // In order of appearance; a name may stand more than once.
    const std::vector<Argument>& arguments() const { return arguments_; }

    // The texts around the places, branches of choices among them.
    std::vector<std::string> literals() const;

    // Those outside choices.
    std::vector<std::string> plain_literals() const;

    // One value for each of arguments(), in the same order (asserted). An unknown branch is
    // `other`.
    std::string format(std::span<const ArgumentValue> values) const;

  private:
    struct Rules;
    // Text of a branch, cut where # stood.
    using Branch = std::vector<std::string>;
    struct Part {
        std::string literal;  // before the place
        std::map<std::string, Branch, std::less<>> branches;
    };
    class Reader;

    static void append(std::string& out, const Branch& branch, std::string_view number);
    const Branch& choose(std::size_t place, const ArgumentValue& value) const;

    std::vector<Argument> arguments_;
    std::vector<Part> parts_;  // one for each argument
    std::string tail_;         // behind the last place
    std::shared_ptr<const Rules> rules_;
};

}  // namespace altis::language
