#include "messages/model_reply.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "language/letters.h"
#include "language/words.h"
#include "messages/gate.h"

namespace altis::messages {
namespace {

using codec::Json;

tl::unexpected<Error> refuse(const std::string& why) {
    return fail(Code::kDenied, "messages.reply_refused", "a model's reply was refused: " + why);
}

tl::unexpected<Error> malformed() {
    return fail(Code::kInvalid, "messages.reply_malformed",
                "the model's endpoint did not answer with a finished chat completion");
}

// Slots that a model writes by one name and that stand for reviewed words.
constexpr std::string_view kPhrase = "phrase_";

// Stories whose words say more than their slots.
constexpr std::array<std::string_view, 2> kClosed = {"withdrawn", "decided"};

// The slots of numbers that share their kind with another: words tell which is which.
std::vector<std::string> alike_numbers(const Story& story) {
    std::vector<std::string> names;
    for (const Slot& slot : story.slots) {
        const bool is_number = slot.kind == FactKind::kDecimal || slot.kind == FactKind::kCount ||
                               slot.kind == FactKind::kRank || slot.kind == FactKind::kClock;
        const auto same = std::count_if(story.slots.begin(), story.slots.end(),
                                        [&](const Slot& other) { return other.kind == slot.kind; });
        if (is_number && same > 1) names.push_back(slot.name);
    }
    return names;
}

// What the template states: all its slots but those that only choose words.
std::set<std::string> stated_by(const StoryPattern& pattern) {
    std::set<std::string> names;
    for (const Slot& slot : pattern.slots)
        if (slot.kind != FactKind::kText) names.insert(slot.name);
    return names;
}

std::string meaning_of(const Slot& slot) {
    switch (slot.kind) {
        case FactKind::kName:
            return "a name";
        case FactKind::kRank:
            return "a place";
        case FactKind::kLink:
            return "a link; it stands at the end";
        default:
            return "a " + std::string(to_string(slot.kind));
    }
}

// The next slot of a reply: where it begins and ends, with its braces.
struct Brace {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view name;
};

Result<Brace> next_brace(std::string_view reply, std::size_t from) {
    const auto begin = std::min(reply.find_first_of("{}", from), reply.size());
    if (begin == reply.size()) return Brace{begin, begin, {}};
    const auto end = reply.find_first_of("{}", begin + 1);
    if (reply[begin] != '{' || end == std::string_view::npos || reply[end] != '}') {
        return refuse("its braces do not hold slots");
    }
    return Brace{begin, end + 1, reply.substr(begin + 1, end - begin - 1)};
}

}  // namespace

Result<Json> ReplyFilter::request(const Telling& telling, std::string_view model) const {
    const StoryPattern* const pattern = composer_.find(telling);
    const Story* const story = composer_.story(telling.style.story);
    if (pattern == nullptr || story == nullptr) {
        return fail(Code::kNotFound, "messages.template_unknown",
                    "there is no template for story '" + telling.style.story + "'");
    }
    if (!is_open(*story, telling.language)) return refuse("it is told by reviewed texts only");
    std::string task = "Write one short message in the language '" + telling.language +
                       "', tone '" + telling.style.tone + "', for the story '" +
                       telling.style.story +
                       "'. Write facts only as slots in braces, each exactly once:";
    for (const Slot& slot : pattern->slots)
        if (slot.kind != FactKind::kText)
            task += " {" + slot.name + "} is " + meaning_of(slot) + ";";
    task += " Use no digits, no numbers, no other names and no other claims. An example: " +
            pattern->text;
    Json messages = Json::array();
    messages.push(Json::object({{"role", "user"}, {"content", task}}));
    return Json::object({{"model", model},
                         {"messages", std::move(messages)},
                         {"temperature", 1},
                         {"max_tokens", 200},
                         {"stream", false}});
}

namespace {

// A text as it came together, and whether the model ended it by itself.
struct Answer {
    std::string text;
    bool is_ended = false;
};

// Adds one JSON object: the whole answer ("message"), or a piece of a stream ("delta").
Result<void> add(std::string_view json_text, std::string_view part, Answer& answer) {
    const auto json = codec::parse_json(json_text);
    if (!json || (*json)["choices"].items().empty()) return malformed();
    const Json& choice = (*json)["choices"].items().front();
    answer.text += choice[part]["content"].as_string();
    answer.is_ended = answer.is_ended || choice["finish_reason"].as_string() == "stop";
    return {};
}

// Server-sent events: some servers stream whatever they were asked.
Result<Answer> read_stream(std::string_view body) {
    Answer answer;
    while (!body.empty()) {
        const auto end = std::min(body.find('\n'), body.size());
        std::string_view line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.starts_with("data:")) continue;
        line.remove_prefix(line.starts_with("data: ") ? 6 : 5);
        if (line == "[DONE]") break;
        TRY_VOID(add(line, "delta", answer));
    }
    return answer;
}

}  // namespace

Result<std::string> ReplyFilter::text_of(std::string_view body) {
    if (body.size() > kMaxReplyBodyBytes) return malformed();
    Answer answer;
    if (body.starts_with("data:") || body.starts_with(':')) {
        TRY(answer, read_stream(body));
    } else {
        TRY_VOID(add(body, "message", answer));
    }
    if (!answer.is_ended || answer.text.empty()) return malformed();
    return std::move(answer.text);
}

ReplyFilter::ReplyFilter(const Composer& composer, Vocabulary vocabulary)
    : composer_(composer), vocabulary_(std::move(vocabulary)) {
    for (const std::string& language : composer.languages()) {
        for (const auto& [style, pattern] : composer.templates(language)) {
            Words& words = words_of_stories_[{language, style.story}];
            for (const std::string& literal : pattern->pattern.plain_literals())
                for (std::string& word : language::words_of(literal, language))
                    words.insert(std::move(word));
        }
    }
}

bool ReplyFilter::is_open(const Story& story, std::string_view language) const {
    if (std::ranges::find(kClosed, story.id) != kClosed.end()) return false;
    const auto alike = alike_numbers(story);
    // Of which of two numbers a claim is, is said by its place.
    const bool has_claim = std::ranges::any_of(
        story.slots, [](const Slot& slot) { return slot.kind == FactKind::kClaim; });
    if (has_claim && !alike.empty()) return false;
    return std::all_of(alike.begin(), alike.end(), [&](const std::string& slot) {
        const auto phrase = std::string(kPhrase) + slot;
        return composer_.find({{phrase}, std::string(language)}) != nullptr;
    });
}

bool ReplyFilter::is_permitted(const std::string& word, const Telling& telling) const {
    if (vocabulary_.contains(telling.language, word)) return true;
    const Story* const story = composer_.story(telling.style.story);
    if (story == nullptr || !alike_numbers(*story).empty()) return false;
    const auto found = words_of_stories_.find({telling.language, telling.style.story});
    return found != words_of_stories_.end() && found->second.contains(word);
}

Result<void> ReplyFilter::check_words(std::string_view literal, const Telling& telling) const {
    for (const auto& letter : language::letters_of(literal)) {
        if (language::is_numeric(letter.code)) return refuse("it has a number outside a slot");
        if (language::is_control(letter.code)) return refuse("it has a control character");
    }
    for (const std::string& word : language::words_of(literal, telling.language)) {
        if (!is_permitted(word, telling)) return refuse("it has a word that nobody reviewed");
    }
    return {};
}

std::string ReplyFilter::expanded(std::string_view slot, std::string_view language) const {
    const StoryPattern* const phrase =
        composer_.find({{std::string(kPhrase) + std::string(slot)}, std::string(language)});
    return phrase == nullptr ? "{" + std::string(slot) + "}" : phrase->text;
}

Result<StoryPattern> ReplyFilter::accept(std::string_view reply, const Telling& telling) const {
    const StoryPattern* const floor = composer_.find(telling);
    const Story* const story = composer_.story(telling.style.story);
    if (floor == nullptr || story == nullptr) return refuse("its story is unknown");
    if (!is_open(*story, telling.language)) return refuse("it is told by reviewed texts only");
    if (reply.size() > kMaxReplyBytes) return refuse("it is too long");
    if (language::letters_of(reply).empty()) return refuse("it is empty, or not UTF-8");
    std::set<std::string> missing = stated_by(*floor);
    std::string text;
    for (std::size_t at = 0; at < reply.size();) {
        TRY(const Brace brace, next_brace(reply, at));
        const std::string_view literal = reply.substr(at, brace.begin - at);
        TRY_VOID(check_words(literal, telling));
        text += literal;
        at = brace.end;
        if (brace.name.empty()) {
            if (brace.begin == brace.end) break;
            return refuse("its braces do not hold slots");
        }
        if (missing.erase(std::string(brace.name)) == 0) {
            return refuse("it has a slot that is not permitted, or twice");
        }
        text += expanded(brace.name, telling.language);
    }
    if (!missing.empty()) return refuse("it leaves out the slot '" + *missing.begin() + "'");
    auto pattern = story_pattern(text, telling.language, *story, "it");
    if (!pattern) return refuse(pattern.error().message);
    return pattern;
}

namespace {

// The reply as a text that the gate lets pass.
Result<ProvedText> told_by_model(const ReplyFilter& filter, const Telling& telling,
                                 const std::string& reply, const FactRecord& facts,
                                 const AliasTable& aliases) {
    TRY(const StoryPattern pattern, filter.accept(reply, telling));
    TRY(Rendered rendered, Composer::render(pattern, telling.language, facts, aliases));
    TRY(auto readings, read_back(rendered, facts, aliases));
    return ProvedText{std::move(rendered.text), std::move(readings)};
}

}  // namespace

Result<std::map<std::string, ComposedText>> compose_with_replies(
    const Composer& composer, const ReplyFilter& filter, const Style& style,
    const std::map<std::string, std::string>& replies, const FactRecord& facts,
    const AliasTable& aliases) {
    TRY(auto floor, composer.compose_proved(style, facts, aliases));
    std::map<std::string, ComposedText> texts;
    for (auto& [language, text] : floor) {
        ComposedText& composed = texts[language];
        static_cast<ProvedText&>(composed) = std::move(text);
        const auto reply = replies.find(language);
        if (reply == replies.end()) continue;
        auto told = told_by_model(filter, {style, language}, reply->second, facts, aliases);
        if (told) {
            static_cast<ProvedText&>(composed) = std::move(*told);
            composed.is_of_model = true;
        } else {
            composed.refused = told.error().message;
        }
    }
    return texts;
}

}  // namespace altis::messages
