#include "messages/checker/game_report.h"

#include <algorithm>

#include "messages/checker/report_words.h"

namespace altis::messages {
namespace {

constexpr std::string_view kContradicted = "contradicted";
constexpr std::string_view kUnproven = "unproven";
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

using Tokens = std::span<const std::string>;

std::int64_t value_of(const Contender& contender, std::string_view measure) {
    const auto found = contender.values.find(measure);
    return found == contender.values.end() ? 0 : found->second;
}

// A place where a contender is named.
struct Mention {
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t who = kNone;
};

class ReportChecker {
  public:
    ReportChecker(Tokens tokens, const BoxScore& game)
        : tokens_(tokens), game_(game), is_doubted_(tokens.size(), false) {}

    std::vector<Finding> check() {
        for (std::size_t begin = 0; begin < tokens_.size(); begin = end_) {
            begin_ = begin;
            end_ = begin;
            while (end_ < tokens_.size() && tokens_[end_] != ".")
                ++end_;
            if (end_ < tokens_.size()) ++end_;
            check_sentence();
        }
        std::sort(findings_.begin(), findings_.end(),
                  [](const Finding& a, const Finding& b) { return a.first < b.first; });
        return std::move(findings_);
    }

  private:
    const std::string& token(std::size_t i) const {
        static const std::string none;
        return i < tokens_.size() ? tokens_[i] : none;
    }

    bool has(std::size_t i, std::string_view phrase) const {
        return length_at(tokens_, i, phrase) > 0;
    }

    bool sentence_has(std::string_view phrase) const {
        for (std::size_t i = begin_; i < end_; ++i)
            if (has(i, phrase)) return true;
        return false;
    }

    void doubt(std::size_t first, std::size_t last, FindingKind kind, std::string_view why) {
        for (std::size_t i = first; i <= last; ++i)
            if (is_doubted_[i]) return;
        std::fill(is_doubted_.begin() + static_cast<std::ptrdiff_t>(first),
                  is_doubted_.begin() + static_cast<std::ptrdiff_t>(last) + 1, true);
        findings_.push_back({first, last, kind, why});
    }

    const Contender& who(std::size_t index) const { return game_.contenders[index]; }
    const Contender& team_of(const Contender& player) const {
        return game_.contenders[player.team];
    }
    const Contender& opponent_of(const Contender& team) const {
        return game_.contenders[1 - team.team];
    }
    bool has_won(const Contender& team) const {
        return value_of(team, "PTS") > value_of(opponent_of(team), "PTS");
    }

    void check_sentence() {
        find_mentions();
        is_ahead_ = false;
        for (std::size_t i = begin_; i < end_; ++i)
            is_ahead_ = is_ahead_ || looks_ahead(token(i));
        is_beyond_ = sentence_has("averaging") || sentence_has("averaged") ||
                     sentence_has("combined") || sentence_has("per game") ||
                     sentence_has("total of") || sentence_has("last two games") ||
                     sentence_has("on the season") || sentence_has("on the year");
        team_ = kNone;
        player_ = is_continued() ? player_ : kNone;
        next_mention_ = 0;
        for (std::size_t i = begin_; i < end_; ++i) {
            take_mentions(i);
            check_names(i);
            check_pairs(i);
            check_number(i);
            check_words(i);
        }
    }

    // True when the sentence goes on about the last player.
    bool is_continued() const {
        const std::string& first = token(begin_);
        return first == "He" || first == "It" || first == "His";
    }

    void find_mentions() {
        mentions_.clear();
        for (std::size_t i = begin_; i < end_;) {
            const Mention mention = longest_mention(i);
            if (mention.who != kNone) mentions_.push_back(mention);
            i = mention.last + 1;
        }
    }

    // By the longest name that begins at `i`; of nobody when none does.
    Mention longest_mention(std::size_t i) const {
        Mention best{i, i, kNone};
        std::size_t longest = 0;
        for (std::size_t k = 0; k < game_.contenders.size(); ++k) {
            for (const std::string& name : who(k).names) {
                const std::size_t length = length_at(tokens_, i, name);
                if (length <= longest) continue;
                longest = length;
                best = {i, i + length - 1, k};
            }
        }
        return best;
    }

    void take_mentions(std::size_t i) {
        while (next_mention_ < mentions_.size() && mentions_[next_mention_].last <= i) {
            const Mention& mention = mentions_[next_mention_++];
            if (has_not_played(who(mention.who)) && !sentence_has("without"))
                doubt(mention.first, mention.last, FindingKind::kName, kContradicted);
            if (who(mention.who).is_team) {
                team_ = mention.who;
                if (is_team_sentence(mention)) player_ = kNone;
            } else {
                previous_ = player_before_;
                player_ = mention.who;
                player_before_ = mention.who;
            }
        }
    }

    static bool has_not_played(const Contender& contender) {
        return !contender.is_team && value_of(contender, "MIN") == 0 &&
               value_of(contender, "PTS") == 0;
    }

    // A team named as the subject takes the sentence over.
    bool is_team_sentence(const Mention& mention) const {
        return mention.first <= begin_ + 2 || token(mention.first - 1) == "while" ||
               token(mention.first - 2) == "while" || token(mention.first - 2) == "but";
    }

    // Whose values a number at `i` states: the player, else the team, of the sentence.
    const Contender* subject(std::size_t i) const {
        for (std::size_t k = i; k < std::min(i + 5, end_); ++k) {
            if (token(k) != "from" && token(k) != "by") continue;
            for (const Mention& mention : mentions_)
                if (mention.first == k + 1 && !who(mention.who).is_team) return &who(mention.who);
        }
        if (player_ != kNone) return &who(player_);
        return team_ == kNone ? nullptr : &who(team_);
    }

    // Weekdays and names of teams that the table does not have.
    void check_names(std::size_t i) {
        if (is_weekday(token(i))) {
            if (is_ahead_) {
                doubt(i, i, FindingKind::kName, kUnproven);
            } else if (token(i) != game_.weekday) {
                doubt(i, i, FindingKind::kName, kContradicted);
            }
        }
        if (!is_team_name(token(i))) return;
        const bool is_known =
            std::any_of(mentions_.begin(), mentions_.end(),
                        [&](const Mention& m) { return m.first <= i && i <= m.last; });
        if (is_known && !is_ahead_) return check_rivals(i);
        if (is_known) return check_next_opponent(i);
        std::size_t first = i;
        while (first > begin_ + 1 && token(first - 1)[0] >= 'A' && token(first - 1)[0] <= 'Z')
            --first;
        doubt(first, i, FindingKind::kName, kUnproven);
    }

    const Mention* mention_at(std::size_t i) const {
        for (const Mention& mention : mentions_)
            if (mention.first <= i && i <= mention.last) return &mention;
        return nullptr;
    }

    // "A defeated A", "A outscored A": nobody plays against themselves.
    void check_rivals(std::size_t i) {
        const Mention& mention = *mention_at(i);
        const Mention* before = nullptr;
        for (const Mention& other : mentions_)
            if (other.last < mention.first && who(other.who).is_team) before = &other;
        if (before == nullptr || before->who != mention.who) return;
        for (std::size_t k = before->last + 1; k < mention.first; ++k) {
            const std::string& word = token(k);
            if (word == "defeated" || word == "over" || word == "outscored" || word == "scored" ||
                word == "against" || word == "scoring" || word == "outscoring" || word == "beat")
                doubt(mention.first, mention.last, FindingKind::kName, kContradicted);
        }
    }

    // The next opponent is hardly the one just met, and never the team itself.
    void check_next_opponent(std::size_t i) {
        const Mention& mention = *mention_at(i);
        const std::string& before = token(mention.first - 1);
        const std::string& earlier = token(mention.first - 2);
        if (before == "the" && (earlier == "against" || earlier == "on" || earlier == "host" ||
                                earlier == "visit" || earlier == "with" || earlier == "face" ||
                                earlier == "to" || earlier == "play" || earlier == "await"))
            doubt(mention.first, mention.last, FindingKind::kName, kUnproven);
    }

    // "A - B": a record, a score, a part of the game, attempts.
    void check_pairs(std::size_t i) {
        const auto a = number_of(token(i));
        if (!a || is_doubted_[i]) return;
        std::size_t second = 0;
        if (token(i + 1) == "-" && number_of(token(i + 2))) second = i + 2;
        const bool is_attempts = token(i + 1) == "-" && token(i + 3) == "-" &&
                                 (token(i + 2) == "of" || token(i + 2) == "for");
        if (is_attempts) second = i + 4;
        const auto b = number_of(token(second));
        if (second == 0 || !b) return;
        covered_ = second;
        if (is_attempts || is_shot(second + 1)) {
            check_shots(i, second);
        } else if (token(i - 1) == "(" && token(second + 1) == ")") {
            check_record(i, second);
        } else {
            check_score(i, second);
        }
    }

    // Of a record that is the other team's, the name is wrong and not the numbers.
    void check_record(std::size_t wins, std::size_t losses) {
        if (team_ == kNone) return;
        const auto is_of = [&](const Contender& team) {
            return *number_of(token(wins)) == value_of(team, "WINS") &&
                   *number_of(token(losses)) == value_of(team, "LOSSES");
        };
        if (is_of(opponent_of(who(team_))) && !is_of(who(team_))) return doubt_team();
        compare(wins, *number_of(token(wins)), value_of(who(team_), "WINS"));
        compare(losses, *number_of(token(losses)), value_of(who(team_), "LOSSES"));
    }

    // The team named last is another one than the values say.
    void doubt_team() {
        const Mention* named = nullptr;
        for (std::size_t k = 0; k < next_mention_; ++k)
            if (who(mentions_[k].who).is_team) named = &mentions_[k];
        if (named != nullptr) doubt(named->first, named->last, FindingKind::kName, kContradicted);
    }

    bool is_shot(std::size_t i) const {
        const std::string& word = token(i);
        return word == "FG" || word == "3Pt" || word == "FT" || word == "3PT";
    }

    // The measure of attempts, from the words behind: field goals, threes or free throws.
    std::string_view shots(std::size_t i) const {
        for (std::size_t k = i; k < std::min(i + 8, end_); ++k) {
            const std::string& word = token(k);
            if (word == "FG" || word == "field" || word == "shooting" || word == "floor")
                return "FG";
            if (word == "3Pt" || word == "3PT" || word == "three" || word == "long" ||
                word == "deep" || word == "arc" || word == "downtown" || word == "range" ||
                word == "beyond")
                return "FG3";
            if (word == "FT" || word == "free" || word == "line" || word == "charity" ||
                word == "foul")
                return "FT";
            if (word == "," && k > i) break;
        }
        return "";
    }

    void check_shots(std::size_t made, std::size_t tried) {
        const Contender* whose = subject(made);
        const std::string measure(shots(tried + 1));
        if (whose == nullptr || whose->is_team || measure.empty()) return;
        if (has_not_played(*whose)) return;
        compare(made, *number_of(token(made)), value_of(*whose, measure + "M"));
        compare(tried, *number_of(token(tried)), value_of(*whose, measure + "A"));
    }

    void compare(std::size_t i, std::int64_t said, std::int64_t is) {
        if (said != is) doubt(i, i, FindingKind::kNumber, kContradicted);
    }

    // The quarters that the words around a score speak of; {1, 4} is the whole game.
    std::pair<int, int> quarters(std::size_t from, std::size_t to) const {
        for (std::size_t k = from; k < std::min(to, end_); ++k)
            if (const auto part = part_named(token(k), token(k + 1))) return *part;
        return {1, 4};
    }

    // The words behind a number speak of it before those ahead of it.
    std::pair<int, int> part_at(std::size_t i) const {
        const auto behind = quarters(i, i + 8);
        return behind == std::pair(1, 4) ? quarters(begin_, i) : behind;
    }

    std::int64_t points_in(const Contender& team, std::pair<int, int> part) const {
        if (part == std::pair(1, 4)) return value_of(team, "PTS");
        std::int64_t sum = 0;
        for (int q = part.first; q <= part.second; ++q)
            sum += value_of(team, "Q" + std::to_string(q));
        return sum;
    }

    // Of a whole game the winner's number comes first, of a part that of the team named first. The
    // right numbers in the other order are no wrong numbers: then a word or name is wrong.
    void check_score(std::size_t first, std::size_t second) {
        const auto part = part_at(second);
        const Contender* lead = &who(0);
        if (part == std::pair(1, 4)) {
            if (!has_won(*lead)) lead = &who(1);
        } else {
            const auto found = std::find_if(mentions_.begin(), mentions_.end(),
                                            [&](const Mention& m) { return who(m.who).is_team; });
            if (found == mentions_.end()) return;
            lead = &who(found->who);
        }
        const bool is_battle = sentence_has("battle") || sentence_has("rebounded") ||
                               sentence_has("glass") || sentence_has("boards");
        if (is_battle && part == std::pair(1, 4)) return;
        const auto a = *number_of(token(first));
        const auto b = *number_of(token(second));
        const auto lead_points = points_in(*lead, part);
        const auto other_points = points_in(opponent_of(*lead), part);
        if (a == other_points && b == lead_points) return;
        compare(first, a, lead_points);
        compare(second, b, other_points);
    }

    void check_number(std::size_t i) {
        if (is_doubted_[i] || (covered_ != 0 && i <= covered_)) return;
        if (is_single(i)) return check_count(i, 1, i + 1);
        if (is_group(i)) return check_count(i, token(i) == "trio" ? 3 : 2, i + 2);
        const auto said = number_of(token(i));
        if (!said) return check_ordinal(i);
        if (token(i - 1) == "by" && sentence_scores()) return check_lead(i, *said);
        if (is_of_a_series(i + 1)) return doubt(i, i, FindingKind::kNumber, kUnproven);
        if (token(i + 1) == "percent") return check_percent(i, *said);
        std::size_t noun = i + 1;
        if (token(noun) == "-") ++noun;
        if (!measure_of(token(noun)).empty()) return check_count(i, *said, noun);
    }

    // "a rebound", and not "an 8 - point lead" or "a minute"
    bool is_single(std::size_t i) const {
        const std::string& noun = token(i + 1);
        return (token(i) == "a" || token(i) == "an") && !measure_of(noun).empty() &&
               token(i + 2) != "-" && noun != "point" && noun != "minute";
    }

    // "a pair of rebounds"
    bool is_group(std::size_t i) const {
        const bool is_few = token(i) == "pair" || token(i) == "couple" || token(i) == "trio";
        return is_few && token(i + 1) == "of";
    }

    // "three of their last five games": what stands in other games' tables.
    bool is_of_a_series(std::size_t i) const {
        const bool is_theirs = token(i + 1) == "their" || token(i + 1) == "its" ||
                               token(i + 1) == "the" || token(i + 1) == "his";
        if (token(i) == "of" && is_theirs && (token(i + 2) == "last" || token(i + 2) == "past"))
            return true;
        if (token(i) == "tries" || token(i) == "outings") return true;
        const std::size_t noun = token(i) == "road" || token(i) == "home" ? i + 1 : i;
        return (token(noun) == "wins" || token(noun) == "losses") && token(noun + 1) == "in";
    }

    bool sentence_scores() const {
        return sentence_has("outscored") || sentence_has("out - scored") ||
               sentence_has("outscoring") || sentence_has("out - scoring");
    }

    // "outscored them by 16 in the fourth quarter"
    void check_lead(std::size_t i, std::int64_t said) {
        const auto part = part_at(i);
        const auto margin = points_in(who(0), part) - points_in(who(1), part);
        compare(i, said, margin < 0 ? -margin : margin);
    }

    // "his second double - double in a row": nothing in one game's table proves it.
    void check_ordinal(std::size_t i) {
        const std::string& word = token(i);
        const bool is_ordinal =
            word == "second" || word == "third" || word == "fourth" || word == "fifth";
        if (is_ordinal && (token(i + 1) == "double" || token(i + 1) == "triple" ||
                           token(i + 1) == "straight" || token(i + 1) == "consecutive"))
            doubt(i, i, FindingKind::kNumber, kUnproven);
        const Contender* player = player_near(i);
        const bool is_on_team =
            word == "second" && (has(i + 1, "on the team") || has(i + 1, "on the squad"));
        if (is_on_team && player != nullptr && !player->is_team && place_in_team(*player) != 2)
            doubt(i, i, FindingKind::kNumber, kContradicted);
    }

    // By points, from 1 on.
    std::int64_t place_in_team(const Contender& player) const {
        return 1 + std::count_if(game_.contenders.begin(), game_.contenders.end(),
                                 [&](const Contender& other) {
                                     return !other.is_team && other.team == player.team &&
                                            value_of(other, "PTS") > value_of(player, "PTS");
                                 });
    }

    void check_count(std::size_t i, std::int64_t said, std::size_t noun) {
        if (is_beyond_) return doubt(i, i, FindingKind::kNumber, kUnproven);
        if (is_margin(noun)) return check_margin(i, said, noun);
        const Contender* whose = subject(noun);
        if (whose == nullptr || has_not_played(*whose) || sentence_has("former")) return;
        const auto measure = measure_of(token(noun));
        if (whose->is_team && (measure == "MIN" || measure == "STL" || measure == "BLK")) return;
        compare(i, said, value_of(*whose, measure));
    }

    bool is_margin(std::size_t noun) const {
        if (token(noun) != "point") return false;
        for (std::size_t k = noun + 1; k < std::min(noun + 4, end_); ++k) {
            const std::string& word = token(k);
            if (word == "win" || word == "victory" || word == "loss" || word == "defeat" ||
                word == "lead" || word == "deficit" || word == "advantage" || word == "quarter" ||
                word == "half" || word == "range" || word == "line" || word == "land")
                return true;
        }
        return false;
    }

    void check_margin(std::size_t i, std::int64_t said, std::size_t noun) {
        for (std::size_t k = noun + 1; k < std::min(noun + 4, end_); ++k) {
            const std::string& word = token(k);
            if (word == "range" || word == "line" || word == "land") return;
            if (word == "win" || word == "victory" || word == "loss" || word == "defeat") {
                const auto margin = value_of(who(0), "PTS") - value_of(who(1), "PTS");
                return compare(i, said, margin < 0 ? -margin : margin);
            }
            if ((word == "quarter" || word == "half") && team_ != kNone)
                return compare(i, said, points_in(who(team_), quarters(noun, k + 1)));
        }
        doubt(i, i, FindingKind::kNumber, kUnproven);
    }

    void check_percent(std::size_t i, std::int64_t said) {
        const std::string measure(shots(i + 2));
        if (team_ == kNone || measure.empty() || player_ != kNone) return;
        const std::int64_t is = value_of(who(team_), measure + "_PCT");
        if (said != is && said == value_of(opponent_of(who(team_)), measure + "_PCT"))
            return doubt_team();
        compare(i, said, is);
    }

    // Words that state a relation. The player they are about stands before or behind them.
    const Contender* player_near(std::size_t i) const {
        if (player_ != kNone) return &who(player_);
        for (const Mention& mention : mentions_)
            if (mention.first > i && !who(mention.who).is_team) return &who(mention.who);
        return nullptr;
    }

    bool is_first_of(const Contender& player, bool is_of_bench, bool is_of_all) const {
        return std::none_of(game_.contenders.begin(), game_.contenders.end(),
                            [&](const Contender& other) {
                                if (other.is_team || (!is_of_all && other.team != player.team))
                                    return false;
                                if (is_of_bench && other.is_starter) return false;
                                return value_of(other, "PTS") > value_of(player, "PTS");
                            });
    }

    int tens(const Contender& player) const {
        int count = 0;
        for (const char* measure : {"PTS", "REB", "AST", "STL", "BLK"})
            count += value_of(player, measure) >= 10 ? 1 : 0;
        return count;
    }

    int in_double_figures(std::size_t team) const {
        return static_cast<int>(std::count_if(
            game_.contenders.begin(), game_.contenders.end(), [&](const Contender& other) {
                return !other.is_team && other.team == team && other.is_starter &&
                       value_of(other, "PTS") >= 10;
            }));
    }

    void doubt_word(std::size_t i, std::string_view phrase, bool is_wrong,
                    std::string_view why = kContradicted) {
        const std::size_t length = length_at(tokens_, i, phrase);
        if (length > 0 && is_wrong) doubt(i, i + length - 1, FindingKind::kWord, why);
    }

    void check_words(std::size_t i) {
        check_team_words(i);
        if (is_ahead_) check_ahead(i);
        for (const char* phrase : {"season - high", "career - high", "pull away", "battled back"})
            doubt_word(i, phrase, true, kUnproven);
        const Contender* player = player_near(i);
        if (player == nullptr || player->is_team || has_not_played(*player)) return;
        check_player_words(i, *player);
    }

    void check_ahead(std::size_t i) {
        for (const char* phrase : {"on the road", "travel", "travels", "back - to - back"})
            doubt_word(i, phrase, true, kUnproven);
    }

    void check_team_words(std::size_t i) {
        if (team_ == kNone) return;
        const Contender& team = who(team_);
        for (const char* phrase : {"defeated", "beat", "knocked off"})
            doubt_word(i, phrase, !has_won(team) && player_ == kNone);
        for (const char* phrase :
             {"bounce back", "bounce - back", "get back on track", "rebound from"})
            doubt_word(i, phrase, has_won(team));
        for (const char* phrase : {"keep this momentum", "keep rolling", "build on"})
            doubt_word(i, phrase, !has_won(team));
        const bool is_winning = value_of(team, "WINS") > value_of(team, "LOSSES");
        for (const char* phrase : {"struggling", "struggle", "falter"})
            doubt_word(i, phrase, is_winning);
        doubt_word(i, "hottest", !is_winning);
        doubt_word(i, "home win", team.team != 0 || !has_won(team));
        doubt_word(i, "road win", team.team != 1 || !has_won(team));
    }

    void check_player_words(std::size_t i, const Contender& player) {
        const bool is_of_bench =
            sentence_has("bench") || sentence_has("second unit") || sentence_has("reserves");
        for (const char* phrase :
             {"led", "paced", "high - point man", "led the way", "team - high", "spearheaded"})
            doubt_word(i, phrase, !is_first_of(player, is_of_bench, false));
        doubt_word(i, "game - high", !is_first_of(player, false, true));
        doubt_word(i, "double - double", tens(player) < 2 && !is_beyond_);
        doubt_word(i, "triple - double", tens(player) < 3);
        doubt_word(i, "only other",
                   value_of(player, "PTS") >= 10 && in_double_figures(player.team) != 2);
        for (const char* phrase :
             {"off the bench", "reserve", "reserve role", "second unit", "bench"})
            doubt_word(i, phrase, player.is_starter);
        doubt_word(i, "starter", !player.is_starter);
        doubt_word(i, "next with", !follows(player));
        for (const char* phrase : {"in the win", "in the victory"})
            doubt_word(i, phrase, !has_won(team_of(player)));
        for (const char* phrase : {"in the loss", "in the defeat", "in the losing effort"})
            doubt_word(i, phrase, has_won(team_of(player)));
    }

    // True when the player has the most points of the team behind the player named before.
    bool follows(const Contender& player) const {
        if (previous_ == kNone || who(previous_).team != player.team) return true;
        const std::int64_t above = value_of(who(previous_), "PTS");
        const std::int64_t own = value_of(player, "PTS");
        return own <= above &&
               std::none_of(
                   game_.contenders.begin(), game_.contenders.end(), [&](const Contender& other) {
                       return !other.is_team && other.team == player.team &&
                              value_of(other, "PTS") > own && value_of(other, "PTS") < above;
                   });
    }

    Tokens tokens_;
    const BoxScore& game_;
    std::vector<bool> is_doubted_;
    std::vector<Finding> findings_;
    std::size_t begin_ = 0;  // of the sentence
    std::size_t end_ = 0;
    std::vector<Mention> mentions_;  // in the sentence
    std::size_t next_mention_ = 0;
    std::size_t team_ = kNone;  // named last in the sentence
    std::size_t player_ = kNone;
    std::size_t player_before_ = kNone;
    std::size_t previous_ = kNone;
    std::size_t covered_ = 0;  // last token of the pair read last
    bool is_ahead_ = false;    // the sentence is about a game to come
    bool is_beyond_ = false;   // the sentence is about more than this game
};

}  // namespace

std::vector<Finding> check_report(std::span<const std::string> tokens, const BoxScore& game) {
    if (game.contenders.size() < 2) return {};
    return ReportChecker(tokens.first(std::min(tokens.size(), kMaxReportTokens)), game).check();
}

}  // namespace altis::messages
