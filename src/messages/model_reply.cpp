#include "messages/model_reply.h"

#include <algorithm>
#include <set>

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
    if (pattern == nullptr) {
        return fail(Code::kNotFound, "messages.template_unknown",
                    "there is no template for story '" + telling.style.story + "'");
    }
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

Result<std::string> ReplyFilter::text_of(std::string_view body) {
    if (body.size() > kMaxReplyBodyBytes) return malformed();
    const auto json = codec::parse_json(body);
    if (!json) return malformed();
    const auto choices = (*json)["choices"].items();
    if (choices.empty() || choices.front()["finish_reason"].as_string() != "stop") {
        return malformed();
    }
    const Json& content = choices.front()["message"]["content"];
    if (!content.is_string() || content.as_string().empty()) return malformed();
    return std::string(content.as_string());
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

bool ReplyFilter::is_permitted(const std::string& word, const Telling& telling) const {
    if (vocabulary_.contains(telling.language, word)) return true;
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
Result<std::string> told_by_model(const ReplyFilter& filter, const Telling& telling,
                                  const std::string& reply, const FactRecord& facts,
                                  const AliasTable& aliases) {
    TRY(const StoryPattern pattern, filter.accept(reply, telling));
    TRY(Rendered rendered, Composer::render(pattern, telling.language, facts, aliases));
    TRY_VOID(read_back(rendered, facts, aliases));
    return std::move(rendered.text);
}

}  // namespace

Result<std::map<std::string, ComposedText>> compose_with_replies(
    const Composer& composer, const ReplyFilter& filter, const Style& style,
    const std::map<std::string, std::string>& replies, const FactRecord& facts,
    const AliasTable& aliases) {
    TRY(auto floor, composer.compose(style, facts, aliases));
    std::map<std::string, ComposedText> texts;
    for (auto& [language, text] : floor) {
        ComposedText& composed = texts[language];
        composed.text = std::move(text);
        const auto reply = replies.find(language);
        if (reply == replies.end()) continue;
        auto told = told_by_model(filter, {style, language}, reply->second, facts, aliases);
        if (told) {
            composed.text = std::move(*told);
            composed.is_of_model = true;
        } else {
            composed.refused = told.error().message;
        }
    }
    return texts;
}

}  // namespace altis::messages
