#include "answers/grammar.h"

#include <algorithm>
#include <functional>

#include "answers/words.h"
#include "language/letters.h"

namespace altis::answers {

namespace {

constexpr std::size_t kMaxBodyDepth = 16;
constexpr std::size_t kMaxAnyOrder = 8;

struct BuiltinName {
    std::string_view name;
    Builtin builtin;
    std::optional<Sort> sort;
};

const std::vector<BuiltinName>& builtin_names() {
    static const std::vector<BuiltinName> kNames = {
        {"#cell", Builtin::kCell, Sort::kRows},
        {"#column", Builtin::kColumn, Sort::kColumn},
        {"#thing", Builtin::kThing, Sort::kColumn},
        {"#things", Builtin::kThings, Sort::kColumn},
        {"#number", Builtin::kNumber, Sort::kNumber},
        {"#ordinal", Builtin::kOrdinal, Sort::kNumber},
        {"#time", Builtin::kTime, Sort::kNumber},
        {"#context", Builtin::kContext, std::nullopt},
    };
    return kNames;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

bool is_name(char letter) {
    return letter == '_' || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
}

// Three letters at least tell one word from another.
bool is_stem(std::string_view text) {
    return language::letters_of(text).size() >= 3;
}

void cut_beginning(std::string& word, const std::vector<std::string>& beginnings) {
    for (const auto& beginning : beginnings) {
        if (!word.starts_with(beginning)) continue;
        if (is_stem(word.substr(beginning.size()))) word.erase(0, beginning.size());
        return;
    }
}

void cut_ending(std::string& word, const std::vector<std::string>& endings) {
    for (const auto& ending : endings) {
        if (!word.ends_with(ending)) continue;
        if (!is_stem(word.substr(0, word.size() - ending.size()))) continue;
        word.resize(word.size() - ending.size());
        return;
    }
}

tl::unexpected<Error> malformed(std::size_t line, std::string_view what) {
    return fail(Code::kInvalid, "answers.grammar_malformed",
                "line " + std::to_string(line) + ": " + std::string(what));
}

}  // namespace

// Reads one file into a Grammar: first the names of the rules, then their bodies, then the sorts.
class GrammarReader {
  public:
    explicit GrammarReader(std::string_view text) : text_(text) {}

    Result<Grammar> read() {
        TRY_VOID(each_line(&GrammarReader::read_name));
        rule_ = kNone;
        TRY_VOID(each_line(&GrammarReader::read_line));
        const auto question = names_.find("question");
        if (question == names_.end()) return malformed(0, "there is no rule \"question\"");
        grammar_.question_ = question->second;
        TRY_VOID(find_sorts());
        TRY_VOID(refuse_left_recursion());
        if (grammar_.question().sort != Sort::kAnswer)
            return malformed(0, "\"question\" must give an answer");
        return std::move(grammar_);
    }

  private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    using Step = Result<void> (GrammarReader::*)(std::string_view);

    Result<void> each_line(Step step) {
        line_ = 0;
        auto rest = text_;
        while (!rest.empty()) {
            const auto end = rest.find('\n');
            auto line = rest.substr(0, end);
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
            ++line_;
            if (line.starts_with("# ") || line == "#") continue;
            if (trimmed(line).empty()) continue;
            TRY_VOID((this->*step)(line));
        }
        return {};
    }

    static bool is_head(std::string_view line) { return !line.starts_with(' '); }

    Result<void> read_name(std::string_view line) {
        line = trimmed(line);
        if (!is_head(line) || !line.ends_with(':') || line.find(' ') != std::string_view::npos)
            return {};
        const auto name = std::string(line.substr(0, line.size() - 1));
        if (!std::all_of(name.begin(), name.end(), is_name) || name.empty())
            return malformed(line_, "a rule is named in small letters");
        if (!names_.emplace(name, grammar_.rules_.size()).second)
            return malformed(line_, "the rule " + name + " is there twice");
        grammar_.rules_.push_back({name, {}, {}});
        return {};
    }

    Result<void> read_line(std::string_view line) {
        if (!is_head(line)) {
            if (rule_ == kNone) return malformed(line_, "an alternative without a rule");
            return read_alternative(trimmed(line));
        }
        line = trimmed(line);
        if (!line.ends_with(':')) return read_list(line);
        const auto named = names_.find(std::string(line.substr(0, line.size() - 1)));
        if (named == names_.end()) return malformed(line_, "a rule is named by one word");
        rule_ = named->second;
        return {};
    }

    Result<void> read_list(std::string_view line) {
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) return malformed(line_, "neither a rule nor a list");
        const auto name = trimmed(line.substr(0, equals));
        const auto text = line.substr(equals + 1);
        if (name == "endings") {
            read_affixes(text, grammar_.endings_);
        } else if (name == "beginnings") {
            read_affixes(text, grammar_.beginnings_);
        } else if (name.starts_with("gloss ")) {
            return read_gloss(name.substr(6), text);
        } else if (name == "skip") {
            add_words(text, grammar_.skipped_);
        } else if (name == "fill") {
            add_words(text, grammar_.filling_);
        } else if (name == "context") {
            add_words(text, grammar_.context_);
        } else {
            return malformed(line_, "lists are skip, fill, context, endings and beginnings");
        }
        return {};
    }

    static void read_affixes(std::string_view text, std::vector<std::string>& affixes) {
        affixes = words(text);
        std::ranges::stable_sort(affixes, std::greater{},
                                 [](const std::string& affix) { return affix.size(); });
    }

    void add_words(std::string_view text, std::set<std::string>& list) {
        for (auto& word : grammar_.stems_of(text)) {
            grammar_.words_.insert(word);
            list.insert(std::move(word));
        }
    }

    Result<void> read_gloss(std::string_view meaning, std::string_view forms) {
        const auto read_as = words(meaning);
        grammar_.words_.insert(read_as.begin(), read_as.end());
        while (!forms.empty()) {
            const auto form = grammar_.stems_of(forms.substr(0, forms.find('|')));
            forms.remove_prefix(std::min(forms.find('|'), forms.size() - 1) + 1);
            if (form.empty()) return malformed(line_, "a gloss of nothing");
            grammar_.words_.insert(form.begin(), form.end());
            grammar_.longest_gloss_ = std::max(grammar_.longest_gloss_, form.size());
            const auto whole = joined(form, 0, form.size());
            const auto [known, is_new] = grammar_.glosses_.emplace(whole, read_as);
            if (!is_new && known->second != read_as)
                return malformed(line_, whole + " is glossed twice");
        }
        return {};
    }

    Result<void> read_alternative(std::string_view line) {
        const auto arrow = line.find("->");
        body_ = trimmed(line.substr(0, arrow));
        Alternative alternative;
        alternative.line = line_;
        TRY(alternative.body, read_choice(0));
        if (!body_.empty()) return malformed(line_, "a bracket too many");
        if (arrow != std::string_view::npos) {
            body_ = trimmed(line.substr(arrow + 2));
            TRY(alternative.meaning, read_template(0));
            if (!body_.empty()) return malformed(line_, "something behind the meaning");
        }
        grammar_.rules_[rule_].alternatives.push_back(std::move(alternative));
        return {};
    }

    std::size_t add(Part part) {
        grammar_.parts_.push_back(std::move(part));
        return grammar_.parts_.size() - 1;
    }

    // one | of several, up to a closing bracket or the end
    Result<std::size_t> read_choice(std::size_t depth) {
        if (depth > kMaxBodyDepth) return malformed(line_, "too many brackets");
        Part choice;
        choice.kind = Part::Kind::kChoice;
        Part sequence;
        while (true) {
            body_ = trimmed(body_);
            const char next = body_.empty() ? ')' : body_.front();
            if (next == '|' || next == ')' || next == ']' || next == '}') {
                choice.parts.push_back(add(std::move(sequence)));
                sequence = {};
                if (next != '|') break;
                body_.remove_prefix(1);
            } else {
                TRY_VOID(read_part(sequence, depth));
            }
        }
        return choice.parts.size() == 1 ? choice.parts[0] : add(std::move(choice));
    }

    Result<void> read_part(Part& sequence, std::size_t depth) {
        const char first = body_.front();
        if (first == '<') return read_rule(sequence);
        if (first != '(' && first != '[' && first != '{') {
            read_words(sequence);
            return {};
        }
        TRY(const auto inner, read_bracket(depth));
        sequence.parts.push_back(inner);
        return {};
    }

    Result<std::size_t> read_bracket(std::size_t depth) {
        const char opening = body_.front();
        body_.remove_prefix(1);
        TRY(const auto inner, read_choice(depth + 1));
        const char closing = opening == '(' ? ')' : opening == '[' ? ']' : '}';
        if (body_.empty() || body_.front() != closing)
            return malformed(line_, "a bracket is not closed");
        body_.remove_prefix(1);
        if (opening == '(') return inner;
        if (opening == '[') {
            Part optional;
            optional.kind = Part::Kind::kOptional;
            optional.parts = {inner};
            return add(std::move(optional));
        }
        auto& part = grammar_.parts_[inner];
        if (part.kind != Part::Kind::kSequence || part.parts.size() > kMaxAnyOrder)
            return malformed(line_, "at most 8 parts in any order, and no choice of them");
        part.kind = Part::Kind::kAnyOrder;
        return inner;
    }

    void read_words(Part& sequence) {
        const auto end = body_.find_first_of(" ()[]{}|<");
        auto found = words(body_.substr(0, end));
        body_ = end == std::string_view::npos ? std::string_view{} : body_.substr(end);
        for (auto& word : found) {
            if (grammar_.skipped_.contains(word)) continue;
            grammar_.words_.insert(word);
            Part part;
            part.kind = Part::Kind::kWord;
            part.word = std::move(word);
            sequence.parts.push_back(add(std::move(part)));
        }
    }

    Result<void> read_rule(Part& sequence) {
        const auto end = body_.find('>');
        if (end == std::string_view::npos) return malformed(line_, "a rule's name is not closed");
        const auto name = std::string(body_.substr(1, end - 1));
        body_.remove_prefix(end + 1);
        Part part;
        for (const auto& builtin : builtin_names()) {
            if (builtin.name != name) continue;
            part.kind = Part::Kind::kBuiltin;
            part.builtin = builtin.builtin;
        }
        if (part.kind != Part::Kind::kBuiltin) {
            const auto rule = names_.find(name);
            if (rule == names_.end()) return malformed(line_, "there is no rule " + name);
            part.kind = Part::Kind::kRule;
            part.rule = rule->second;
        }
        sequence.parts.push_back(add(std::move(part)));
        return {};
    }

    Result<Template> read_template(std::size_t depth) {
        body_ = trimmed(body_);
        if (depth > kMaxBodyDepth) return malformed(line_, "too many brackets");
        const auto end = body_.find_first_of("(),");
        const auto name = trimmed(body_.substr(0, end));
        body_ = end == std::string_view::npos ? std::string_view{} : body_.substr(end);
        Template out;
        if (name.starts_with('$') && name.size() == 2 && name[1] >= '1' && name[1] <= '9') {
            out.place = static_cast<std::size_t>(name[1] - '1');
            return out;
        }
        if (const auto number = Decimal::parse(name)) {
            out.kind = Template::Kind::kNumber;
            out.number = *number;
            return out;
        }
        const auto* signature = find_signature(name);
        if (signature == nullptr) return malformed(line_, "no operation " + std::string(name));
        out.kind = Template::Kind::kOperation;
        out.op = signature->op;
        if (!signature->takes.empty()) TRY_VOID(read_arguments(*signature, depth, out));
        return out;
    }

    Result<void> read_arguments(const Signature& signature, std::size_t depth, Template& out) {
        const auto name = std::string(signature.name);
        for (std::size_t index = 0; index < signature.takes.size(); ++index) {
            if (body_.empty() || body_.front() != (index == 0 ? '(' : ','))
                return malformed(line_, "too few arguments of " + name);
            body_.remove_prefix(1);
            TRY(auto argument, read_template(depth + 1));
            body_ = trimmed(body_);
            out.arguments.push_back(std::move(argument));
        }
        if (body_.empty() || body_.front() != ')')
            return malformed(line_, name + " does not end behind its arguments");
        body_.remove_prefix(1);
        return {};
    }

    // What the parts of a body mean, in order; the same in each branch of a choice. Nothing when it
    // is not known yet.
    struct Senses {
        std::vector<std::optional<Sort>> sorts;
        bool known = true;
        bool fits = true;
    };

    Senses senses_of(std::size_t index) const {
        const auto& part = grammar_.parts_[index];
        switch (part.kind) {
            case Part::Kind::kWord:
                return {};
            case Part::Kind::kBuiltin:
                return senses_of_builtin(part.builtin);
            case Part::Kind::kRule:
                return senses_of_rule(part.rule);
            case Part::Kind::kOptional: {
                auto out = senses_of(part.parts[0]);
                out.fits = out.fits && (!out.known || out.sorts.empty());
                return out;
            }
            case Part::Kind::kChoice:
                return senses_of_choice(part);
            default:
                return senses_of_all(part);
        }
    }

    static Senses senses_of_builtin(Builtin builtin) {
        Senses out;
        for (const auto& named : builtin_names())
            if (named.builtin == builtin && named.sort) out.sorts = {named.sort};
        return out;
    }

    Senses senses_of_rule(std::size_t rule) const {
        Senses out;
        out.known = decided_[rule];
        if (grammar_.rules_[rule].sort) out.sorts = {grammar_.rules_[rule].sort};
        return out;
    }

    Senses senses_of_all(const Part& sequence) const {
        Senses out;
        for (const auto inner : sequence.parts) {
            const auto senses = senses_of(inner);
            out.known = out.known && senses.known;
            out.fits = out.fits && senses.fits;
            out.sorts.insert(out.sorts.end(), senses.sorts.begin(), senses.sorts.end());
        }
        return out;
    }

    Senses senses_of_choice(const Part& choice) const {
        auto out = senses_of(choice.parts[0]);
        for (const auto inner : choice.parts) {
            const auto senses = senses_of(inner);
            out.known = out.known && senses.known;
            out.fits = out.fits && senses.fits;
            out.fits = out.fits && (!out.known || senses.sorts == out.sorts);
        }
        return out;
    }

    Result<void> check_template(const Template& term, Sort wanted, const Senses& senses) {
        if (term.kind == Template::Kind::kNumber) {
            if (wanted != Sort::kNumber) return malformed(line_, "a number does not fit");
            return {};
        }
        if (term.kind == Template::Kind::kPlace) {
            if (term.place >= senses.sorts.size()) return malformed(line_, "no such place");
            if (senses.sorts[term.place] != wanted)
                return malformed(line_, "$" + std::to_string(term.place + 1) + " does not fit");
            return {};
        }
        const auto& signature = signature_of(term.op);
        if (signature.gives != wanted)
            return malformed(line_, std::string(signature.name) + " does not fit");
        for (std::size_t index = 0; index < signature.takes.size(); ++index)
            TRY_VOID(check_template(term.arguments[index], signature.takes[index], senses));
        return {};
    }

    // The sort of an alternative, as far as it can be told: by its arrow, or by its only rule.
    static std::optional<Sort> top_sort(const Template& meaning, const Senses& senses) {
        if (meaning.kind == Template::Kind::kNumber) return Sort::kNumber;
        if (meaning.kind == Template::Kind::kOperation) return signature_of(meaning.op).gives;
        return meaning.place < senses.sorts.size() ? senses.sorts[meaning.place] : std::nullopt;
    }

    Result<void> find_sorts() {
        decided_.assign(grammar_.rules_.size(), false);
        for (bool more = true; more;) {
            more = false;
            for (std::size_t index = 0; index < grammar_.rules_.size(); ++index) {
                if (decided_[index] || !decide(grammar_.rules_[index])) continue;
                decided_[index] = true;
                more = true;
            }
        }
        for (std::size_t index = 0; index < decided_.size(); ++index) {
            if (!decided_[index])
                return malformed(0, "what <" + grammar_.rules_[index].name + "> means is not said");
        }
        for (auto& rule : grammar_.rules_) {
            for (const auto& alternative : rule.alternatives) {
                line_ = alternative.line;
                TRY_VOID(check_alternative(rule, alternative));
            }
        }
        return {};
    }

    // A rule's sort is that of the first alternative that tells it.
    bool decide(Rule& rule) {
        bool unknown = false;
        for (const auto& alternative : rule.alternatives) {
            const auto senses = senses_of(alternative.body);
            if (alternative.meaning) {
                rule.sort = top_sort(*alternative.meaning, senses);
                if (rule.sort) return true;
                unknown = true;
            } else if (!senses.known) {
                unknown = true;
            } else if (senses.sorts.size() == 1) {
                rule.sort = senses.sorts[0];
                return true;
            } else {
                return true;
            }
        }
        return !unknown;
    }

    Result<void> check_alternative(const Rule& rule, const Alternative& alternative) {
        const auto senses = senses_of(alternative.body);
        if (!senses.fits) return malformed(line_, "branches mean different things");
        if (alternative.meaning) {
            if (!rule.sort) return malformed(line_, "this rule means nothing elsewhere");
            return check_template(*alternative.meaning, *rule.sort, senses);
        }
        const auto wanted = rule.sort ? std::vector<std::optional<Sort>>{rule.sort}
                                      : std::vector<std::optional<Sort>>{};
        if (senses.sorts != wanted) return malformed(line_, "say what this means, behind an arrow");
        return {};
    }

    // Whether a part can be passed without a word, and the rules that may begin it.
    bool passes(std::size_t index, std::set<std::size_t>& begins) const {
        const auto& part = grammar_.parts_[index];
        switch (part.kind) {
            case Part::Kind::kWord:
            case Part::Kind::kBuiltin:
                return false;
            case Part::Kind::kRule:
                begins.insert(part.rule);
                return empty_[part.rule];
            case Part::Kind::kOptional:
                passes(part.parts[0], begins);
                return true;
            case Part::Kind::kChoice: {
                bool any = false;
                for (const auto inner : part.parts)
                    any = passes(inner, begins) || any;
                return any;
            }
            case Part::Kind::kAnyOrder: {
                bool all = true;
                for (const auto inner : part.parts)
                    all = passes(inner, begins) && all;
                return all;
            }
            default:
                return std::all_of(part.parts.begin(), part.parts.end(),
                                   [&](std::size_t inner) { return passes(inner, begins); });
        }
    }

    // For each rule those that may begin it at once.
    std::vector<std::set<std::size_t>> find_first_rules() {
        const auto count = grammar_.rules_.size();
        empty_.assign(count, false);
        std::vector<std::set<std::size_t>> begins(count);
        for (std::size_t round = 0; round <= count; ++round) {
            for (std::size_t index = 0; index < count; ++index) {
                for (const auto& alternative : grammar_.rules_[index].alternatives)
                    empty_[index] = passes(alternative.body, begins[index]) || empty_[index];
            }
        }
        return begins;
    }

    Result<void> refuse_left_recursion() {
        auto begins = find_first_rules();
        const auto count = begins.size();
        for (std::size_t through = 0; through < count; ++through) {
            for (auto& from : begins) {
                if (from.contains(through))
                    from.insert(begins[through].begin(), begins[through].end());
            }
        }
        for (std::size_t index = 0; index < count; ++index) {
            if (begins[index].contains(index))
                return malformed(0, "<" + grammar_.rules_[index].name + "> begins with itself");
        }
        return {};
    }

    std::string_view text_;
    std::string_view body_;
    std::size_t line_ = 0;
    std::size_t rule_ = kNone;
    std::map<std::string, std::size_t> names_;
    std::vector<bool> decided_;
    std::vector<bool> empty_;
    Grammar grammar_;
};

std::vector<std::string> Grammar::stems_of(std::string_view text) const {
    auto out = words(text);
    for (auto& word : out) {
        cut_beginning(word, beginnings_);
        cut_ending(word, endings_);
    }
    return out;
}

std::vector<std::string> Grammar::read(std::string_view text) const {
    const auto spelled = stems_of(text);
    std::vector<std::string> out;
    for (std::size_t at = 0; at < spelled.size();) {
        auto length = std::min(longest_gloss_, spelled.size() - at);
        auto found = glosses_.end();
        for (; length > 0 && found == glosses_.end(); --length)
            found = glosses_.find(joined(spelled, at, at + length));
        if (found == glosses_.end()) {
            out.push_back(spelled[at++]);
        } else {
            out.insert(out.end(), found->second.begin(), found->second.end());
            at += length + 1;
        }
    }
    std::erase_if(out, [this](const std::string& word) { return is_skipped(word); });
    return out;
}

Result<Grammar> Grammar::load(std::string_view text) {
    return GrammarReader(text).read();
}

}  // namespace altis::answers
