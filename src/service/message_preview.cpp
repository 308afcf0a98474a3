#include "service/message_preview.h"

#include <algorithm>

#include "messages/gate.h"
#include "service/result_stories.h"

namespace altis::service {
namespace {

using codec::Json;
using messages::Composer;
using messages::FactRecord;
using messages::Rendered;
using messages::StoryPattern;

// A text cut where a fact begins or ends.
Json pieces_of(const std::string& text, const std::vector<messages::Reading>& readings) {
    Json pieces = Json::array();
    std::size_t at = 0;
    const auto add_words = [&](std::size_t end) {
        if (at < end) pieces.push(Json::object({{"text", text.substr(at, end - at)}}));
    };
    for (const messages::Reading& reading : readings) {
        add_words(reading.begin);
        pieces.push(Json::object({{"text", text.substr(reading.begin, reading.end - reading.begin)},
                                  {"fact", reading.fact}}));
        at = reading.end;
    }
    add_words(text.size());
    return pieces;
}

Json refused(Json text, const Error& error) {
    text.set("passed", false);
    text.set("code", error.reason);
    return text.set("detail", error.message);
}

// A text and what the gate says of it.
Json judged(const std::string& language, const Result<Rendered>& rendered, const FactRecord& facts,
            const messages::AliasTable& aliases) {
    Json text = Json::object({{"language", language}});
    if (!rendered) return refused(text.set("pieces", Json::array()), rendered.error());
    const auto readings = messages::read_back(*rendered, facts, aliases);
    text.set("pieces",
             pieces_of(rendered->text, readings.value_or(std::vector<messages::Reading>())));
    return readings ? text.set("passed", true) : refused(std::move(text), readings.error());
}

// One story in all languages; `tried`, if any, takes the place of its language's template.
Json texts_of(const messages::AliasTable& aliases, const Composer& composer,
              const messages::Style& style, const FactRecord& facts,
              const std::pair<std::string, const StoryPattern*>& tried) {
    Json texts = Json::array();
    for (const std::string& language : composer.languages()) {
        const bool is_tried = tried.second != nullptr && tried.first == language;
        const auto rendered = is_tried ? Composer::render(*tried.second, language, facts, aliases)
                                       : composer.render({style, language}, facts, aliases);
        Json text = judged(language, rendered, facts, aliases);
        const StoryPattern* pattern = is_tried ? tried.second : composer.find({style, language});
        if (pattern != nullptr) text.set("pattern", pattern->text);
        texts.push(std::move(text));
    }
    return texts;
}

Result<results::FactLine> line_of(const World& world, const PreviewRequest& request) {
    const auto lines = world.results.facts(request.unit);
    const auto line = std::ranges::find(lines, request.competitor, &results::FactLine::competitor);
    if (line == lines.end()) {
        return fail(Code::kNotFound, "messages.unknown_result",
                    "the unit has no result of this competitor; GET /v1/results/units/<unit> "
                    "lists them");
    }
    if (line->status != results::ResultStatus::kOfficial) {
        return fail(Code::kConflict, "messages.fact_not_official",
                    "the result is not official; no message may state it before it is");
    }
    if (can_be_told(*line)) return *line;
    return fail(Code::kConflict, "messages.nothing_to_tell",
                "without a name and a rank, or with a mark such as DNF, nothing is told");
}

Result<std::optional<StoryPattern>> tried_pattern(const Composer& composer,
                                                  const PreviewRequest& request,
                                                  std::string_view story) {
    if (request.pattern.empty()) return std::optional<StoryPattern>();
    if (request.pattern.size() > kMaxPatternBytes) {
        return fail(Code::kTooLarge, "messages.pattern_too_long",
                    "a pattern has at most " + std::to_string(kMaxPatternBytes) + " bytes");
    }
    const messages::Story* known = composer.story(story);
    TRY(auto pattern,
        messages::story_pattern(request.pattern, request.language, *known, "the pattern"));
    return std::optional<StoryPattern>(std::move(pattern));
}

}  // namespace

Result<Json> preview_message(const World& world, const Composer& composer,
                             const PreviewRequest& request) {
    TRY(const results::FactLine line, line_of(world, request));
    ToldStory told = result_story(world, line, request.link);
    TRY(const auto pattern, tried_pattern(composer, request, told.story));
    messages::Style style = request.style;
    style.story = told.story;
    Json facts = Json::array();
    for (const messages::Fact& fact : told.facts)
        facts.push(messages::to_json(fact));
    const auto& aliases = world.names.aliases(request.unit.edition);
    const ToldStory decided = decided_story(world, request.unit, request.link);
    Json json = Json::object({{"story", std::string(told.story)}, {"facts", std::move(facts)}});
    json.set("texts", texts_of(aliases, composer, style, told.facts,
                               {request.language, pattern ? &*pattern : nullptr}));
    style.story = decided.story;
    return json.set("shielded", texts_of(aliases, composer, style, decided.facts, {}));
}

Json message_styles(const Composer& composer) {
    Json languages = Json::array();
    for (const std::string& language : composer.languages())
        languages.push(language);
    const auto templates = composer.templates(messages::kFallbackLanguage);
    Json stories = Json::array();
    for (const messages::Story& story : composer.stories()) {
        Json slots = Json::array();
        for (const messages::Slot& slot : story.slots) {
            slots.push(Json::object(
                {{"name", slot.name}, {"kind", std::string(messages::to_string(slot.kind))}}));
        }
        Json styles = Json::array();
        for (const auto& [style, pattern] : templates) {
            if (style.story != story.id) continue;
            styles.push(Json::object(
                {{"cohort", style.cohort}, {"tone", style.tone}, {"channel", style.channel}}));
        }
        stories.push(Json::object(
            {{"id", story.id}, {"slots", std::move(slots)}, {"styles", std::move(styles)}}));
    }
    return Json::object({{"languages", std::move(languages)}, {"stories", std::move(stories)}});
}

}  // namespace altis::service
