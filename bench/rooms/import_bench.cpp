// A customer file as an owner brings it: read, tagged, sorted, committed to, sealed and stored.
// `import_bench [ROWS]` prints a row a line.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/assert.h"
#include "cleanroom/treasury/dataset_import.h"
#include "cleanroom/treasury/treasury_files.h"
#include "codec/json.h"
#include "codec/text.h"
#include "platform/random.h"
#include "report/row.h"
#include "servers/process_cost.h"

namespace altis::bench {
namespace {

constexpr double kMaxSeconds = 3;  // for a million rows
constexpr int kRounds = 5;

cleanroom::Schema schema() {
    const auto json = codec::parse_json(R"({"key": {"column": "email", "kind": "email"},
        "consent": "agrees",
        "dimensions": [{"name": "tier", "values": ["gold", "silver", "none"]}, {"name": "city"},
                       {"name": "booked", "values": ["1", "0"]}],
        "measures": [{"name": "spend", "low": "0.00", "high": "5000.00"}],
        "moments": [{"name": "booked_at"}]})");
    auto schema = cleanroom::schema_from_json(*json);
    ALTIS_ASSERT(schema.has_value());
    return std::move(*schema);
}

// About 110 bytes a row, in the order of a customer number, so tags come in no order.
std::string make_csv(std::uint32_t rows) {
    constexpr const char* kTiers[] = {"gold", "silver", "none", "other"};
    std::string csv = "customer,name,email,agrees,tier,city,booked,spend,booked_at\n";
    for (std::uint32_t i = 0; i < rows; ++i) {
        char line[200];
        std::snprintf(line, sizeof line,
                      "%u,\"Customer, number %u\",customer-%u@example.org,yes,%s,city-%u,%u,"
                      "%u.%02u,2026-02-%02uT%02u:%02u:00Z\n",
                      i, i, i, kTiers[i % 4], i * 7 % 300, i % 2, i % 6'000, i % 100, 1 + i % 28,
                      i % 24, i % 60);
        csv += line;
    }
    return csv;
}

struct Phases {
    double read_s = 0;
    double sort_s = 0;
    double commit_s = 0;
    double store_s = 0;
    double cpu_s = 0;
    double all() const { return read_s + sort_s + commit_s + store_s; }
};

// The seconds since the call before.
class Laps {
  public:
    double lap() {
        const double before = last_;
        last_ = now_s();
        return last_ - before;
    }

  private:
    double last_ = now_s();
};

Phases import_once(const std::string& csv, cleanroom::TreasuryFiles& files, int round) {
    Phases phases;
    const double cpu = own_cpu_seconds();
    Laps laps;
    cleanroom::Importer importer(schema(), {1, 2, 3});
    ALTIS_ASSERT(importer.read(cleanroom::FileFormat::kCsv, csv).has_value());
    phases.read_s = laps.lap();
    const auto import = std::move(importer).finish(cleanroom::DuplicatePolicy::kRefuse);
    ALTIS_ASSERT(import.has_value());
    phases.sort_s = laps.lap();
    const std::string committed =
        codec::to_hex(crypto::as_text(cleanroom::commitment(import->table)));
    phases.commit_s = laps.lap();
    const cleanroom::TreasuryFile file{SubjectId{7}, std::to_string(round), "airline/customers"};
    ALTIS_ASSERT(files.write(file, import->table).has_value());
    phases.store_s = laps.lap();
    phases.cpu_s = own_cpu_seconds() - cpu;
    ALTIS_ASSERT(files.read(file, committed).has_value());
    ALTIS_ASSERT(files.remove(file).has_value());
    return phases;
}

void run(std::uint32_t rows) {
    const std::string folder =
        std::filesystem::temp_directory_path() /
        ("altis-import-" + std::to_string(platform::SystemRandom().next_u64()));
    std::filesystem::create_directories(folder);
    platform::SystemRandom random;
    auto vault = crypto::Vault::open(platform::real_file_system(), folder + "/vault", random);
    ALTIS_ASSERT(vault.has_value());
    cleanroom::TreasuryFiles files(platform::real_file_system(), folder + "/treasury", **vault);
    ALTIS_ASSERT(files.sweep({}).has_value());
    const std::string csv = make_csv(rows);
    std::vector<Phases> rounds;
    for (int i = 0; i < kRounds; ++i)
        rounds.push_back(import_once(csv, files, i));
    std::ranges::sort(rounds, {}, &Phases::all);
    const Phases& median = rounds[kRounds / 2];
    const std::string what = "import of " + std::to_string(rows) + " rows CSV (" +
                             std::to_string(csv.size() >> 20) + " MiB): ";
    print({what + "wall", median.all(), "s"}, {Bar::Of::kValue, Better::kLower, kMaxSeconds});
    print({what + "reading and tagging", median.read_s, "s"});
    print({what + "sorting by person", median.sort_s, "s"});
    print({what + "commitment", median.commit_s, "s"});
    print({what + "sealing and storing", median.store_s, "s"});
    print({what + "CPU", median.cpu_s, "CPU-s"});
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace altis::bench

int main(int argc, char** argv) {
    altis::bench::run(argc > 1 ? static_cast<std::uint32_t>(std::atoi(argv[1])) : 1'000'000);
    return 0;
}
