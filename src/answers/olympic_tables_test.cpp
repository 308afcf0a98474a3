// How much of 812 questions of people over 84 tables of results is answered, and how much of that
// is right. One half of the tables, by a hash of their names, was looked at while the grammar was
// written; the other half was not.
#include <cstdio>
#include <gtest/gtest.h>
#include <map>

#include "answers/ask.h"
#include "base/shared_data.h"
#include "codec/csv.h"
#include "codec/text.h"
#include "language/fold.h"

namespace altis::answers {
namespace {

constexpr std::string_view kFolder = "engage/qa-olympic-tables/";

std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char letter : text)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    return hash;
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> out;
    while (true) {
        const auto end = text.find(at);
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// The comparison that the data set defines: without case, accents, quotes, and what stands in
// brackets at the end; numbers by value.
std::string normalized(std::string_view text) {
    auto out = language::fold(text);
    for (const char* dash : {"–", "—", "‐", "−"})
        replace_all(out, dash, "-");
    for (const char* quote : {"‘", "’", "´", "`"})
        replace_all(out, quote, "'");
    for (std::string before; before != out;) {
        before = out;
        while (!out.empty() && std::string_view(" *+#").find(out.back()) != std::string_view::npos)
            out.pop_back();
        const auto bracket = out.ends_with(')') ? out.rfind(" (") : std::string::npos;
        if (bracket != std::string::npos && bracket > 0) out.resize(bracket);
        if (out.size() > 1 && out.front() == '"' && out.back() == '"')
            out = out.substr(1, out.size() - 2);
        if (out.ends_with('.')) out.pop_back();
    }
    return out;
}

bool is_same(std::string_view wanted, std::string_view given) {
    const auto one = normalized(wanted);
    const auto other = normalized(given);
    const auto number = Decimal::parse(one.starts_with('.') ? "0" + one : one);
    const auto same_number = Decimal::parse(other);
    return one == other || (number && same_number && *number == *same_number);
}

bool is_right(std::string_view wanted, const Value& value) {
    auto left = split(wanted, '|');
    const auto given =
        value.kind == Value::Kind::kTexts ? value.texts : std::vector<std::string>{value.text()};
    if (left.size() != given.size()) return false;
    for (const auto& text : given) {
        const auto found = std::find_if(left.begin(), left.end(),
                                        [&](const auto& one) { return is_same(one, text); });
        if (found == left.end()) return false;
        left.erase(found);
    }
    return true;
}

// The files write a quote within quotes as \", and name columns twice.
Result<Table> read_table(const std::string& name, const std::string& title) {
    auto text = read_shared_data(std::string(kFolder) + "tables/" + name).value_or("");
    replace_all(text, "\\\"", "\"\"");
    std::size_t columns = 1;
    bool quoted = false;
    for (const char letter : text) {
        if (letter == '"') quoted = !quoted;
        if (letter == ',' && !quoted) ++columns;
        if (letter == '\n' && !quoted) break;
    }
    std::string numbers = "0";
    for (std::size_t column = 1; column < columns; ++column)
        numbers += ',' + std::to_string(column);
    text = numbers + '\n' + text;
    TRY(auto reader, codec::CsvReader::create(text));
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> fields;
    while (true) {
        TRY(const auto more, reader.next(fields));
        if (!more) break;
        rows.push_back(fields);
    }
    const auto headers = rows.front();
    rows.erase(rows.begin());
    return table_from_texts(title, headers, rows);
}

struct Score {
    std::size_t questions = 0;
    std::size_t answered = 0;
    std::size_t right = 0;

    double precision() const {
        return static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(answered, 1));
    }
    double coverage() const {
        return static_cast<double>(answered) / static_cast<double>(questions);
    }
    void print(const char* what) const {
        std::printf("%s: %zu questions, %zu answered (%.3f), %zu right (precision %.3f)\n", what,
                    questions, answered, coverage(), right, precision());
    }
};

TEST(OlympicTables, AnswersAreRightOrNotGiven) {
    const auto questions = read_shared_data(std::string(kFolder) + "questions.tsv");
    const auto titles_file = read_shared_data(std::string(kFolder) + "titles.tsv");
    if (!questions || !titles_file) {
        GTEST_SKIP() << "there is no " << kFolder << " beside the checkout; ALTIS_SHARED may name "
                     << "the folder of shared data";
    }
    std::map<std::string, std::string> titles;
    for (const auto& line : split(*titles_file, '\n')) {
        const auto fields = split(line, '\t');
        if (fields.size() == 2) titles[fields[0]] = fields[1];
    }
    std::map<std::string, Table> tables;
    const auto* grammar = grammar_of("en");
    ASSERT_NE(grammar, nullptr);
    Score tuned;
    Score held_out;
    for (const auto& line : split(*questions, '\n')) {
        const auto fields = split(line, '\t');
        if (fields.size() != 4 || fields[0] == "id") continue;
        const auto& name = fields[2];
        if (!tables.contains(name)) {
            auto table = read_table(name, titles[name]);
            ASSERT_TRUE(table) << name << ": " << table.error().message;
            tables.emplace(name, std::move(*table));
        }
        auto& score = (fnv1a(name) >> 8) % 2 == 0 ? tuned : held_out;
        ++score.questions;
        const auto answer = ask({&tables.at(name), 1}, *grammar, "en", fields[1]);
        if (answer.doubt != Doubt::kNone) continue;
        ++score.answered;
        if (is_right(fields[3], answer.value)) ++score.right;
    }
    const Score all{tuned.questions + held_out.questions, tuned.answered + held_out.answered,
                    tuned.right + held_out.right};
    tuned.print("tables looked at");
    held_out.print("tables held out");
    all.print("all");
    EXPECT_EQ(all.questions, 812U);
    EXPECT_GE(all.precision(), 0.95);
    EXPECT_GE(all.coverage(), 0.35);
    EXPECT_GE(held_out.precision(), 0.90);
    EXPECT_GE(held_out.coverage(), 0.30);
}

}  // namespace
}  // namespace altis::answers
