#include "fans/rule.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "fans/amount.h"

namespace altis::fans {
namespace {

constexpr std::size_t kMaxArgumentBytes = 128;

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// What a measure takes and in what unit it counts.
struct MeasureForm {
    Measure measure;
    std::size_t least_arguments;
    std::size_t most_arguments;
    std::string_view form;
};
constexpr MeasureForm kForms[] = {
    {Measure::kDwell, 1, 1, "dwell(kind)"},
    {Measure::kViews, 1, 1, "views(kind)"},
    {Measure::kWatched, 1, 1, "watched(sport)"},
    {Measure::kShares, 0, 0, "shares()"},
    {Measure::kSessions, 0, 0, "sessions()"},
    {Measure::kActiveDays, 0, 0, "active_days()"},
    {Measure::kFollowsSport, 1, 1, "follows_sport(sport)"},
    {Measure::kBought, 1, 2, "bought(category) or bought(category, sport)"},
    {Measure::kSpent, 1, 2, "spent(category) or spent(category, currency)"},
    {Measure::kAttended, 1, 1, "attended(sport)"},
    {Measure::kOpened, 0, 0, "opened()"},
    {Measure::kOrders, 0, 0, "orders()"},
    {Measure::kFollows, 1, 1, "follows(athlete)"},
    {Measure::kScore, 1, 1, "score(id)"},
};

std::string_view name_of(Measure measure) {
    return kMeasureNames[static_cast<std::size_t>(measure)];
}

// Texts that stand for what a sum counts: two sums compare when theirs are the same.
std::string unit_of(const Term& term) {
    if (term.measure == Measure::kDwell) return "milliseconds of dwell";
    if (term.measure == Measure::kSpent) return "money in " + term.second;
    if (term.measure == Measure::kScore) return "parts per million of a score";
    return "pieces";
}

Result<const MeasureForm*> form_of(std::string_view measure) {
    const auto* const form = std::ranges::find(
        kForms, measure, [](const MeasureForm& known) { return name_of(known.measure); });
    if (form != std::end(kForms)) return form;
    return fail(Code::kInvalid, "fans.rule_malformed",
                "expected a measure: dwell, views, watched, shares, bought, spent, attended, "
                "opened, orders, sessions, active_days, follows, follows_sport, score, area, "
                "language, zone or in");
}

std::string single_spaced(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\t';
        if (!space) result.push_back(c);
        if (space && !result.empty() && result.back() != ' ') result.push_back(' ');
    }
    while (!result.empty() && result.back() == ' ')
        result.pop_back();
    return result;
}

// Recursive descent, one function per line of the grammar.
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Rule> parse() {
        if (text_.size() > kMaxRuleBytes) {
            return error(kMaxRuleBytes, "the rule is longer than " + std::to_string(kMaxRuleBytes) +
                                            " bytes; split it into several segments");
        }
        rule_.text = text_;
        TRY_VOID(any(0));
        if (!at_end()) return error(at_, "expected 'and', 'or' or the end of the rule");
        return std::move(rule_);
    }

  private:
    struct Literal {
        std::size_t at;
        std::string_view text;
    };
    // A sum as written: literals wait for the comparison's unit.
    struct Side {
        Sum sum;
        std::vector<Literal> literals;
    };

    static tl::unexpected<Error> error(std::size_t at, std::string_view what) {
        return fail(Code::kInvalid, "fans.rule_malformed",
                    "column " + std::to_string(at + 1) + ": " + std::string(what));
    }

    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t'))
            ++at_;
    }
    bool at_end() {
        skip_space();
        return at_ == text_.size();
    }
    bool accept(char c) {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string_view peek_word() {
        skip_space();
        std::size_t end = at_;
        while (end < text_.size() && is_word(text_[end]))
            ++end;
        return text_.substr(at_, end - at_);
    }
    bool accept_word(std::string_view word) {
        if (peek_word() != word) return false;
        at_ += word.size();
        return true;
    }
    void push(Step::Kind kind) { rule_.steps.push_back({kind, 0}); }

    Result<void> any(int depth) {
        TRY_VOID(all(depth));
        while (accept_word("or")) {
            TRY_VOID(all(depth));
            push(Step::Kind::kOr);
        }
        return {};
    }

    Result<void> all(int depth) {
        TRY_VOID(one(depth));
        while (accept_word("and")) {
            TRY_VOID(one(depth));
            push(Step::Kind::kAnd);
        }
        return {};
    }

    Result<void> one(int depth) {
        if (depth == kMaxRuleDepth) {
            return error(at_, "more than " + std::to_string(kMaxRuleDepth) +
                                  " levels of parentheses and 'not'; simplify the rule");
        }
        if (accept_word("not")) {
            TRY_VOID(one(depth + 1));
            push(Step::Kind::kNot);
            return {};
        }
        if (!accept('(')) return comparison();
        TRY_VOID(any(depth + 1));
        return accept(')') ? Result<void>() : error(at_, "expected ')' to close the group");
    }

    Result<void> comparison() {
        skip_space();
        const std::size_t start = at_;
        if (rule_.predicates.size() == kMaxPredicates) {
            return error(at_, "more than " + std::to_string(kMaxPredicates) +
                                  " comparisons; split the rule into several segments");
        }
        Predicate predicate;
        const std::string_view word = peek_word();
        if (const auto measure = text_measure(word)) {
            at_ += word.size();
            predicate.measure = *measure;
            TRY_VOID(text_comparison(predicate, word));
        } else if (word == "in") {
            at_ += word.size();
            TRY_VOID(membership(predicate, start));
        } else {
            TRY_VOID(sum_comparison(predicate, start));
        }
        predicate.text = single_spaced(text_.substr(start, at_ - start));
        rule_.steps.push_back(
            {Step::Kind::kPredicate, static_cast<std::uint32_t>(rule_.predicates.size())});
        rule_.predicates.push_back(std::move(predicate));
        return {};
    }

    static std::optional<Measure> text_measure(std::string_view word) {
        for (const Measure measure : {Measure::kArea, Measure::kLanguage, Measure::kZone}) {
            if (name_of(measure) == word) return measure;
        }
        return std::nullopt;
    }

    Result<void> text_comparison(Predicate& predicate, std::string_view word) {
        skip_space();
        const std::size_t start = at_;
        const auto sign = comparator();
        if (sign != Comparator::kEqual && sign != Comparator::kUnequal) {
            return error(start, "expected '=' or '!=' behind " + std::string(word));
        }
        predicate.comparator = *sign;
        if (at_end() || text_[at_] != '"') return error(at_, "expected a text in double quotes");
        TRY(predicate.expected, argument());
        return {};
    }

    Result<void> membership(Predicate& predicate, std::size_t start) {
        std::vector<std::string> arguments;
        TRY_VOID(read_arguments(arguments));
        if (arguments.size() != 1) return error(start, "write in(segment)");
        predicate.segment = std::move(arguments.front());
        return {};
    }

    Result<void> sum_comparison(Predicate& predicate, std::size_t start) {
        Side left;
        Side right;
        TRY_VOID(sum(left));
        if (const auto sign = comparator()) {
            predicate.comparator = *sign;
            TRY_VOID(sum(right));
        }
        TRY(const Term* const model, common_unit(left, right, start));
        TRY_VOID(settle(left, *model));
        TRY_VOID(settle(right, *model));
        predicate.left = std::move(left.sum);
        predicate.right = std::move(right.sum);
        return {};
    }

    std::optional<Comparator> comparator() {
        skip_space();
        for (std::size_t i = 0; i < std::size(kComparatorSigns); ++i) {
            if (!text_.substr(at_).starts_with(kComparatorSigns[i])) continue;
            at_ += kComparatorSigns[i].size();
            return static_cast<Comparator>(i);
        }
        return std::nullopt;
    }

    // A term that all others of the comparison agree with in unit.
    Result<const Term*> common_unit(const Side& left, const Side& right, std::size_t start) const {
        const Term* model = nullptr;
        for (const Side* const side : {&left, &right}) {
            for (const Term& term : side->sum.terms) {
                if (model == nullptr) model = &term;
                if (unit_of(term) == unit_of(*model)) continue;
                return error(start, "this comparison mixes " + unit_of(*model) + " with " +
                                        unit_of(term) + "; compare like with like");
            }
        }
        if (model == nullptr)
            return error(start, "a comparison needs a measure such as dwell(kind)");
        return model;
    }

    // Adds the literals of a side in the comparison's unit.
    static Result<void> settle(Side& side, const Term& model) {
        const bool money = model.measure == Measure::kSpent;
        for (const Literal& literal : side.literals) {
            std::int64_t value = 0;
            const char* const end = literal.text.data() + literal.text.size();
            const auto [stop, code] = std::from_chars(literal.text.data(), end, value);
            if (money) {
                const auto minor = parse_minor(literal.text, model.second);
                if (!minor) return error(literal.at, "expected an amount such as 50.00");
                value = *minor;
            } else if (code != std::errc() || stop != end) {
                return error(literal.at, "expected a whole number of " + unit_of(model));
            }
            if (value > kMaxConstant) return error(literal.at, "this number is too large");
            side.sum.constant += value;
        }
        return {};
    }

    Result<void> sum(Side& side) {
        TRY_VOID(product(side));
        while (accept('+'))
            TRY_VOID(product(side));
        return {};
    }

    Result<void> product(Side& side) {
        const std::string_view word = peek_word();
        if (word.empty() || !is_digit(word.front())) return measure(side, 1);
        const std::size_t start = at_;
        at_ += word.size();
        if (!accept('*')) {
            side.literals.push_back({start, word});
            return {};
        }
        std::int64_t coefficient = 0;
        const auto [stop, code] =
            std::from_chars(word.data(), word.data() + word.size(), coefficient);
        if (code != std::errc() || stop != word.data() + word.size() || coefficient < 1 ||
            coefficient > kMaxCoefficient) {
            return error(start, "a coefficient is a whole number from 1 to " +
                                    std::to_string(kMaxCoefficient));
        }
        return measure(side, coefficient);
    }

    Result<void> measure(Side& side, std::int64_t coefficient) {
        const std::string_view word = peek_word();
        const std::size_t start = at_;
        if (const auto known = form_of(word); !known) return error(start, known.error().message);
        at_ += word.size();
        std::vector<std::string> arguments;
        TRY_VOID(read_arguments(arguments));
        auto term = make_term(word, std::move(arguments));
        if (!term) return error(start, term.error().message);
        term->coefficient = coefficient;
        side.sum.terms.push_back(std::move(*term));
        return {};
    }

    Result<void> read_arguments(std::vector<std::string>& arguments) {
        if (!accept('(')) return error(at_, "expected '(' behind the measure's name");
        if (accept(')')) return {};
        do {
            TRY(auto text, argument());
            arguments.push_back(std::move(text));
        } while (accept(','));
        return accept(')') ? Result<void>() : error(at_, "expected ',' or ')'");
    }

    // A bare word or a quoted text; never empty.
    Result<std::string> argument() {
        std::string_view word = peek_word();
        std::size_t size = word.size();
        if (at_ < text_.size() && text_[at_] == '"') {
            const std::size_t close = text_.find('"', at_ + 1);
            if (close == std::string_view::npos) return error(at_, "expected a closing '\"'");
            word = text_.substr(at_ + 1, close - at_ - 1);
            size = word.size() + 2;
        }
        if (word.empty()) return error(at_, "expected a word or a text in double quotes");
        if (word.size() > kMaxArgumentBytes) return error(at_, "this text is too long");
        at_ += size;
        return std::string(word);
    }

    static constexpr std::int64_t kMaxConstant = 1'000'000'000'000'000;

    std::string_view text_;
    std::size_t at_ = 0;
    Rule rule_;
};

}  // namespace

bool compare(Comparator comparator, std::int64_t left, std::int64_t right) {
    switch (comparator) {
        case Comparator::kAtLeast:
            return left >= right;
        case Comparator::kAbove:
            return left > right;
        case Comparator::kAtMost:
            return left <= right;
        case Comparator::kBelow:
            return left < right;
        case Comparator::kEqual:
            return left == right;
        case Comparator::kUnequal:
            return left != right;
    }
    return false;
}

Result<Term> make_term(std::string_view measure, std::vector<std::string> arguments) {
    TRY(const MeasureForm* const form, form_of(measure));
    const auto wrong = [](std::string what) {
        return fail(Code::kInvalid, "fans.rule_malformed", std::move(what));
    };
    const bool is_readable = std::ranges::none_of(arguments, [](const std::string& argument) {
        return argument.empty() || argument.size() > kMaxArgumentBytes;
    });
    const bool is_count_right =
        arguments.size() >= form->least_arguments && arguments.size() <= form->most_arguments;
    if (!is_count_right || !is_readable) return wrong("write " + std::string(form->form));
    arguments.resize(2);
    if (form->measure == Measure::kSpent) {
        if (arguments[1].empty()) arguments[1] = kDefaultCurrency;
        if (!is_currency(arguments[1])) {
            return wrong("a currency is three capital letters such as USD");
        }
    }
    return Term{1, form->measure, std::move(arguments[0]), std::move(arguments[1])};
}

Result<Rule> parse_rule(std::string_view text) {
    return Parser(text).parse();
}

}  // namespace altis::fans
