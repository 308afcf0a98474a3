// What the words of a question may name in a table.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "answers/grammar.h"
#include "answers/table.h"
#include "answers/term.h"

namespace altis::answers {

// A question as words, and which of them were taken for misspelt.
struct Spelled {
    std::vector<std::string> words;
    std::map<std::string, std::string> corrected;  // as read, by how it was written
};

// One table, ready to be asked about in one language. Both must outlive it. Thread-safe.
class Linker {
  public:
    Linker(const Table& table, const Grammar& grammar, std::string_view language);

    // The words of a question without those that are skipped. A word that neither grammar nor table
    // knows, nor `known` (another table), becomes the only known word that is one change away (two
    // from eight letters on), if there is one; but a country stays the country that it is.
    using Known = std::function<bool(const std::string&)>;
    Spelled read(std::string_view question, const Known& known) const;

    // What a built-in rule means for the words [begin, end), each meaning once. `kContext` means
    // nothing; see `is_context`.
    std::vector<TermPtr> meanings(Builtin builtin, const std::vector<std::string>& words,
                                  std::size_t begin, std::size_t end) const;

    // A word of the table's title, or one that the grammar lets stand with them.
    bool is_context(const std::string& word) const {
        return title_.contains(word) || grammar_.is_context(word);
    }

    bool knows(const std::string& word) const;

    // No form of a name or header has more words.
    std::size_t longest() const { return longest_; }

  private:
    struct Form {
        std::map<std::size_t, std::vector<std::size_t>> whole;  // rows by column
        std::map<std::size_t, std::vector<std::size_t>> part;
    };
    enum class Share : std::uint8_t { kWhole, kPart };

    std::vector<std::string> significant(std::string_view text) const;
    // Rows by a word of the names of events.
    using EventWords = std::map<std::string, std::vector<std::size_t>>;
    static std::vector<std::size_t> rows_of_event(const EventWords& known,
                                                  const std::vector<std::string>& words,
                                                  std::size_t begin, std::size_t end);

    // Where a text stands: in these rows of a column.
    struct Place {
        std::size_t column = 0;
        std::vector<std::size_t> rows;
    };
    void add_column(std::size_t column);
    void add_texts(std::string_view text, const Place& place);
    void add_country(const std::vector<std::string>& spelled, const Place& place);
    void add_person(const std::vector<std::string>& spelled, const Place& place);
    void add_text(const std::vector<std::string>& spelled, const Place& place);
    void add_form(const std::string& form, Share share, const Place& place);
    void sort_rows();
    void add_headers();
    std::vector<std::size_t> columns_named(const std::vector<std::string>& words, std::size_t begin,
                                           std::size_t end) const;
    std::string corrected(const std::string& word) const;

    const Table& table_;
    const Grammar& grammar_;
    std::string language_;
    std::map<std::string, Form> cells_;
    std::map<std::size_t, EventWords> events_;  // by column
    std::map<std::string, std::set<std::size_t>> headers_;
    std::set<std::string> title_;
    std::set<std::string> words_;
    std::size_t longest_ = 1;
};

}  // namespace altis::answers
