#include "language/message_pattern.h"

#include <unicode/messagepattern.h>
#include <unicode/plurrule.h>

#include "base/assert.h"
#include "language/icu_text.h"

namespace altis::language {
namespace {

using icu::UnicodeString;

tl::unexpected<Error> malformed(std::int32_t at, const std::string& why) {
    return fail(Code::kInvalid, "language.pattern_malformed",
                why + ", at character " + std::to_string(at + 1));
}

Result<ArgumentUse> use_of(const icu::MessagePattern::Part& start) {
    switch (start.getArgType()) {
        case UMSGPAT_ARG_TYPE_NONE:
            return ArgumentUse::kText;
        case UMSGPAT_ARG_TYPE_SELECT:
            return ArgumentUse::kSelect;
        case UMSGPAT_ARG_TYPE_PLURAL:
            return ArgumentUse::kPlural;
        case UMSGPAT_ARG_TYPE_SELECTORDINAL:
            return ArgumentUse::kOrdinal;
        default:
            return malformed(start.getIndex(),
                             "only {name}, select, plural and selectordinal are places");
    }
}

}  // namespace

// Which branch a number of a language takes.
struct MessagePattern::Rules {
    std::unique_ptr<icu::PluralRules> cardinal;
    std::unique_ptr<icu::PluralRules> ordinal;

    static Result<std::shared_ptr<const Rules>> of(std::string_view language) {
        UErrorCode status = U_ZERO_ERROR;
        const icu::Locale locale = locale_of(language);
        auto rules = std::make_shared<Rules>();
        rules->cardinal.reset(icu::PluralRules::forLocale(locale, UPLURAL_TYPE_CARDINAL, status));
        rules->ordinal.reset(icu::PluralRules::forLocale(locale, UPLURAL_TYPE_ORDINAL, status));
        if (U_SUCCESS(status)) return std::shared_ptr<const Rules>(std::move(rules));
        return fail(Code::kInvalid, "language.unknown",
                    "there are no plural rules for the language '" + std::string(language) + "'");
    }
};

// Walks ICU's parts of a pattern and compiles them.
class MessagePattern::Reader {
  public:
    Reader(const UnicodeString& source, const icu::MessagePattern& pattern)
        : source_(source), pattern_(pattern) {}

    Result<void> read(MessagePattern& out) {
        std::int32_t i = 1;  // 0 begins the message
        while (type(i) != UMSGPAT_PART_TYPE_MSG_LIMIT) {
            if (type(i) == UMSGPAT_PART_TYPE_ARG_START) {
                take_literal(i);
                TRY(i, read_place(i, out));
            } else {
                ++i;
            }
        }
        take_literal(i);
        out.tail_ = std::move(literal_);
        return {};
    }

  private:
    UMessagePatternPartType type(std::int32_t i) const { return pattern_.getPartType(i); }
    std::int32_t at(std::int32_t i) const { return pattern_.getPart(i).getIndex(); }
    std::int32_t end_of(std::int32_t i) const { return pattern_.getPart(i).getLimit(); }

    // What stands between the last part that was read and part `i`.
    void take_literal(std::int32_t i) {
        literal_ += to_utf8(source_.tempSubStringBetween(text_begin_, at(i)));
    }

    // The place that begins at part `i`; gives the part behind it.
    Result<std::int32_t> read_place(std::int32_t i, MessagePattern& out) {
        const std::int32_t limit = pattern_.getLimitPartIndex(i);
        Argument argument{to_utf8(pattern_.getSubstring(pattern_.getPart(i + 1))),
                          ArgumentUse::kText};
        TRY(argument.use, use_of(pattern_.getPart(i)));
        Part part{std::exchange(literal_, ""), {}};
        if (argument.use != ArgumentUse::kText) {
            TRY_VOID(read_branches(i + 2, limit, part));
        }
        out.arguments_.push_back(std::move(argument));
        out.parts_.push_back(std::move(part));
        text_begin_ = end_of(limit);
        return limit + 1;
    }

    Result<void> read_branches(std::int32_t i, std::int32_t limit, Part& part) {
        while (i < limit) {
            if (type(i) != UMSGPAT_PART_TYPE_ARG_SELECTOR) {
                return malformed(at(i), "an offset has no use here");
            }
            const std::string key = to_utf8(pattern_.getSubstring(pattern_.getPart(i)));
            ++i;
            if (type(i) == UMSGPAT_PART_TYPE_ARG_INT || type(i) == UMSGPAT_PART_TYPE_ARG_DOUBLE)
                ++i;  // the number of a branch like =1, which the key names, too
            const std::int32_t end = pattern_.getLimitPartIndex(i);
            TRY(part.branches[key], read_branch(i, end));
            i = end + 1;
        }
        return {};
    }

    Result<Branch> read_branch(std::int32_t begin, std::int32_t end) const {
        Branch branch;
        std::int32_t from = end_of(begin);
        for (std::int32_t i = begin + 1; i <= end; ++i) {
            if (type(i) == UMSGPAT_PART_TYPE_ARG_START) {
                return malformed(at(i), "a place stands within a branch");
            }
            branch.push_back(to_utf8(source_.tempSubStringBetween(from, at(i))));
            from = end_of(i);
        }
        return branch;
    }

    const UnicodeString& source_;
    const icu::MessagePattern& pattern_;
    std::int32_t text_begin_ = 0;
    std::string literal_;
};

Result<MessagePattern> MessagePattern::parse(std::string_view text, std::string_view language) {
    if (const auto quote = text.find('\''); quote != std::string_view::npos) {
        return malformed(static_cast<std::int32_t>(quote),
                         "it has an ASCII apostrophe, which quotes; write \u2019");
    }
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    const UnicodeString source = from_utf8(text);
    const icu::MessagePattern pattern(source, &where, status);
    if (U_FAILURE(status)) {
        return malformed(where.offset, std::string("it is no MessageFormat pattern (") +
                                           u_errorName(status) + ")");
    }
    MessagePattern out;
    TRY(out.rules_, Rules::of(language));
    TRY_VOID(Reader(source, pattern).read(out));
    return out;
}

std::vector<std::string> MessagePattern::literals() const {
    std::vector<std::string> texts;
    for (const Part& part : parts_) {
        texts.push_back(part.literal);
        for (const auto& [key, branch] : part.branches)
            texts.insert(texts.end(), branch.begin(), branch.end());
    }
    texts.push_back(tail_);
    return texts;
}

std::vector<std::string> MessagePattern::plain_literals() const {
    std::vector<std::string> texts;
    for (const Part& part : parts_)
        texts.push_back(part.literal);
    texts.push_back(tail_);
    return texts;
}

void MessagePattern::append(std::string& out, const Branch& branch, std::string_view number) {
    for (std::size_t i = 0; i < branch.size(); ++i) {
        if (i > 0) out += number;
        out += branch[i];
    }
}

const MessagePattern::Branch& MessagePattern::choose(std::size_t place,
                                                     const ArgumentValue& value) const {
    const auto& branches = parts_[place].branches;
    const auto branch_or_other = [&branches](std::string_view key) -> const Branch& {
        const auto found = branches.find(key);
        return found == branches.end() ? branches.find("other")->second : found->second;
    };
    if (arguments_[place].use == ArgumentUse::kSelect) return branch_or_other(value.text);
    const auto exact = branches.find("=" + std::to_string(value.number));
    if (exact != branches.end()) return exact->second;
    const auto& rules =
        arguments_[place].use == ArgumentUse::kPlural ? rules_->cardinal : rules_->ordinal;
    // No use of doubles with a fraction: whole numbers below 2^31 are exact in either.
    return branch_or_other(to_utf8(rules->select(static_cast<double>(value.number))));
}

std::string MessagePattern::format(std::span<const ArgumentValue> values) const {
    ALTIS_ASSERT(values.size() == arguments_.size());
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        out += parts_[i].literal;
        if (arguments_[i].use == ArgumentUse::kText) {
            out += values[i].text;
        } else {
            append(out, choose(i, values[i]), values[i].text);
        }
    }
    return out + tail_;
}

}  // namespace altis::language
