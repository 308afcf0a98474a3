// Speed of reading ODF beside expat's own speed on the same bytes: `odf_bench [MESSAGE.xml]`
// measures a made-up message of a race with splits, and the one named. Rounds alternate, so that
// both meet the same machine, and the best of each counts.
//
// Expat's handlers do nothing: it checks that the XML is well formed, and no more. Ours checks the
// same, refuses what is unsafe, checks what ODF demands, and makes the message of it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <expat.h>
#include <string>

#include "platform/file.h"
#include "report/row.h"
#include "results/odf.h"
#include "results/odf_writer.h"

namespace altis::bench {
namespace {

constexpr int kRounds = 1000;
constexpr int kTeams = 40;
constexpr int kMembers = 4;
constexpr int kSplits = 12;

template <class Work>
double seconds_of(const Work& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

bool run_expat(const std::string& xml) {
    XML_Parser parser = XML_ParserCreate(nullptr);
    XML_SetElementHandler(
        parser, [](void*, const char*, const char**) {}, [](void*, const char*) {});
    const auto status = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1);
    XML_ParserFree(parser);
    return status == XML_STATUS_OK;
}

results::ResultLine made_up_line(int place) {
    const std::string number = std::to_string(1000 + place);
    results::ResultLine line;
    line.competitor = {
        "BOBOTEAM4---T" + number, results::CompetitorType::kTeam, "ORG", "Team " + number, {}};
    for (int i = 0; i < kMembers; ++i) {
        const std::string code = number + std::to_string(i);
        line.competitor.members.push_back({code, "Given" + code, "FAMILY" + code, "ORG"});
    }
    line.rank = line.sort_order = place;
    line.start_order = kTeams + 1 - place;
    line.result = "3:5" + number.substr(3) + "." + number.substr(2);
    line.result_type = "TIME";
    line.diff = "+" + number;
    for (int i = 1; i <= kSplits; ++i) {
        line.extended.push_back({"ER", "INTERMEDIATE", std::to_string(i), "45." + number, "", place,
                                 false, place, "+0." + number});
    }
    return line;
}

std::string made_up_message() {
    results::OdfMessage message;
    message.competition_code = "OWG2026";
    message.document_code = "BOBOTEAM4-------------FNL-000500--";
    message.version = 7;
    message.status = results::ResultStatus::kOfficial;
    message.date = message.logical_date = "2026-02-19";
    message.time = "210405000";
    message.source = "BENCH";
    for (int place = 1; place <= kTeams; ++place)
        message.results.push_back(made_up_line(place));
    return results::write_odf(message);
}

Result<void> measure(const std::string& what, const std::string& xml) {
    TRY_VOID(results::parse_odf(xml));
    if (!run_expat(xml)) return fail(Code::kInvalid, "bench.expat_refused", "expat refused it");
    double ours_s = 1e9;
    double expat_s = 1e9;
    for (int i = 0; i < kRounds; ++i) {
        ours_s = std::min(ours_s, seconds_of([&xml] { (void)results::parse_odf(xml); }));
        expat_s = std::min(expat_s, seconds_of([&xml] { run_expat(xml); }));
    }
    const double megabytes = static_cast<double>(xml.size()) / 1e6;
    print({"ODF parsed and validated, " + what + " of " + std::to_string(xml.size()) + " bytes",
           megabytes / ours_s, "MB/s", "expat alone", megabytes / expat_s},
          {Bar::Of::kRatio, Better::kHigher, 1});
    return {};
}

Result<void> run(const char* path) {
    TRY_VOID(measure("a made-up message", made_up_message()));
    if (path == nullptr) return {};
    TRY(const std::string xml, platform::read_file(platform::real_file_system(), path));
    return measure("a real message", xml);
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    const auto done = altis::bench::run(argc > 1 ? argv[1] : nullptr);
    if (done) return 0;
    std::fprintf(stderr, "odf_bench: %s\n", done.error().message.c_str());
    return 1;
}
