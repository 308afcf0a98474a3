// altis fans match: which typed-in records of a CSV file are about one person. Works on the file
// alone, without a server.
#include <chrono>
#include <fmt/format.h>
#include <map>

#include "app/commands.h"
#include "fans/matching/matching.h"
#include "fans/matching/people_csv.h"
#include "platform/file.h"

namespace altis::app {
namespace {

using codec::Json;
using fans::matching::Cluster;
using fans::matching::Match;
using fans::matching::Matching;
using fans::matching::PeopleFile;

struct MatchedFile {
    PeopleFile file;
    Matching matching;
    double seconds = 0;
};

Result<MatchedFile> match_file(const std::string& path) {
    TRY(const std::string csv, platform::read_file(platform::real_file_system(), path));
    MatchedFile matched;
    TRY(matched.file, fans::matching::read_people(csv));
    const auto start = std::chrono::steady_clock::now();
    TRY(matched.matching, fans::matching::match_people(matched.file.records, show_progress));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    matched.seconds = taken.count();
    return matched;
}

// The matches of each cluster, in their order.
std::vector<std::vector<const Match*>> matches_by_cluster(const Matching& matching) {
    std::map<std::size_t, std::size_t> cluster_of;  // by record
    for (std::size_t i = 0; i < matching.clusters.size(); ++i) {
        for (std::size_t record : matching.clusters[i].records)
            cluster_of[record] = i;
    }
    std::vector<std::vector<const Match*>> matches(matching.clusters.size());
    for (const Match& match : matching.matches)
        matches[cluster_of.at(match.left)].push_back(&match);
    return matches;
}

Json match_json(const PeopleFile& file, const Match& match) {
    Json why = Json::array();
    for (std::string& reason : fans::matching::reasons(match.evidence))
        why.push(std::move(reason));
    return Json::object({{"left", file.records[match.left].id},
                         {"right", file.records[match.right].id},
                         {"confidence_millionths", match.confidence},
                         {"reasons", std::move(why)}});
}

Json cluster_json(const PeopleFile& file, const Cluster& cluster,
                  const std::vector<const Match*>& matches) {
    Json records = Json::array();
    for (std::size_t record : cluster.records)
        records.push(file.records[record].id);
    Json pairs = Json::array();
    for (const Match* match : matches)
        pairs.push(match_json(file, *match));
    return Json::object({{"records", std::move(records)},
                         {"confidence_millionths", cluster.confidence},
                         {"matches", std::move(pairs)}});
}

void print_json(const MatchedFile& matched) {
    const auto matches = matches_by_cluster(matched.matching);
    Json clusters = Json::array();
    for (std::size_t i = 0; i < matches.size(); ++i)
        clusters.push(cluster_json(matched.file, matched.matching.clusters[i], matches[i]));
    const Json answer = Json::object({{"records", matched.file.records.size()},
                                      {"compared_pairs", matched.matching.compared_pairs},
                                      {"threshold_millionths", matched.matching.threshold},
                                      {"clusters", std::move(clusters)}});
    fmt::print("{}\n", answer.to_string());
}

double percent(std::uint32_t millionths) {
    return static_cast<double>(millionths) / 10'000;
}

void print_cluster(const PeopleFile& file, const Cluster& cluster,
                   const std::vector<const Match*>& matches) {
    std::string ids;
    for (std::size_t record : cluster.records)
        ids += (ids.empty() ? "" : ", ") + file.records[record].id;
    fmt::print("{:.4f} %  {}\n", percent(cluster.confidence), ids);
    for (const Match* match : matches) {
        std::string why;
        for (const std::string& reason : fans::matching::reasons(match->evidence))
            why += (why.empty() ? "" : ", ") + reason;
        fmt::print("  {} = {} ({:.4f} %): {}\n", file.records[match->left].id,
                   file.records[match->right].id, percent(match->confidence), why);
    }
}

void print_text(const MatchedFile& matched) {
    const auto matches = matches_by_cluster(matched.matching);
    for (std::size_t i = 0; i < matches.size(); ++i)
        print_cluster(matched.file, matched.matching.clusters[i], matches[i]);
    const auto pairs = static_cast<double>(matched.matching.compared_pairs);
    fmt::print(
        "{} persons with more than one of {} records; accepted from {:.4f} %; "
        "{} pairs compared in {:.2f} s ({:.0f} pairs/s)\n",
        matched.matching.clusters.size(), matched.file.records.size(),
        percent(matched.matching.threshold), matched.matching.compared_pairs, matched.seconds,
        matched.seconds > 0 ? pairs / matched.seconds : 0);
}

}  // namespace

int fans_match(const std::string& file, Output output) {
    const Result<MatchedFile> matched = match_file(file);
    if (!matched) return report_error(with_context(matched.error(), "while reading " + file));
    output == Output::kJson ? print_json(*matched) : print_text(*matched);
    return kExitSuccess;
}

}  // namespace altis::app
