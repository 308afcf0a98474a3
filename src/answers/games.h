// Which Games a question is about, when it names other ones than those it is asked of.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace altis::answers {

// Games that a question may name, by words of their title: "Olympic Games Rio 2016".
struct Games {
    std::string id;
    std::string title;
};

struct NamedGames {
    std::string id;        // empty: none but those it is asked of
    std::string question;  // without the year, and the words for years and Games beside it
    // Named by a year that the title of those it is asked of does not have. Else a word of the
    // title stands in the question, which may be a person's name: those it is asked of come first.
    bool is_by_year = false;
};

// Of all `others` the one that the question names: by its year, and where several have it by most
// other words of the title; without a year by a word that stands in no other title. Nothing when
// two are named alike. In any language of the grammars.
NamedGames games_named(std::string_view question, std::string_view asked_of_title,
                       std::span<const Games> others);

}  // namespace altis::answers
