// Texts of a language model behind walls: it may arrange slots and words that state nothing;
// everything else is refused, and the reviewed template is told instead.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "messages/composer.h"
#include "messages/vocabulary.h"

namespace altis::messages {

constexpr std::size_t kMaxReplyBytes = 600;         // of the text that a model wrote
constexpr std::size_t kMaxReplyBodyBytes = 65'536;  // of the endpoint's whole answer

// Knows what a reply may hold. Thread-safe; the composer must outlive it.
class ReplyFilter {
  public:
    ReplyFilter(const Composer& composer, Vocabulary vocabulary);

    // The body of a request to an OpenAI-compatible endpoint (POST /v1/chat/completions): the slots
    // with their meaning and the words permitted. No value of a fact and no person is in it. Fails
    // with "messages.template_unknown", or "messages.reply_refused" for a story that is told by
    // reviewed texts only: one that takes something back or announces an outcome without it, and
    // one that states two numbers of a kind without reviewed words around each.
    Result<codec::Json> request(const Telling& telling, std::string_view model) const;

    // The text in an endpoint's answer: the first choice, ended by itself ("stop"), of a JSON body
    // or of a stream of server-sent events. Fails with
    // "messages.reply_malformed".
    static Result<std::string> text_of(std::string_view body);

    // The pattern that a reply is, whatever the endpoint honoured: UTF-8, at most kMaxReplyBytes,
    // slots of the story as {name} and nothing else in braces, all that the template of the telling
    // states and each once; words of that story's templates and of the vocabulary, no others; no
    // digits, numerals or control characters. Medals, results with units, scores and totals are put
    // into reviewed words; of a story with two numbers of one kind only the vocabulary is permitted
    // beside those. Fails with "messages.reply_refused".
    Result<StoryPattern> accept(std::string_view reply, const Telling& telling) const;

  private:
    using Words = std::set<std::string, std::less<>>;

    bool is_open(const Story& story, std::string_view language) const;
    bool is_permitted(const std::string& word, const Telling& telling) const;
    Result<void> check_words(std::string_view literal, const Telling& telling) const;
    // What a slot stands for in a pattern: itself, or the reviewed words around it.
    std::string expanded(std::string_view slot, std::string_view language) const;

    const Composer& composer_;
    Vocabulary vocabulary_;
    // Of the templates, outside choices; by language and story.
    std::map<std::pair<std::string, std::string>, Words> words_of_stories_;
};

// One text and where its words come from.
struct ComposedText : ProvedText {
    bool is_of_model = false;
    std::string refused = {};  // why a reply was not taken; empty when there was none or it was
};

// The texts of a style in all languages: of the model where there is an acceptable reply that the
// gate lets pass, else of the reviewed template, which fails as Composer::compose does. `replies`
// holds what came, by language.
Result<std::map<std::string, ComposedText>> compose_with_replies(
    const Composer& composer, const ReplyFilter& filter, const Style& style,
    const std::map<std::string, std::string>& replies, const FactRecord& facts,
    const AliasTable& aliases);

}  // namespace altis::messages
