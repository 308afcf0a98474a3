// altis results verify: checks offline that a fact is in the log of published facts.
#include <fmt/format.h>

#include "app/commands.h"
#include "platform/file.h"
#include "results/log/fact_log.h"

namespace altis::app {
namespace {

using codec::Json;

Result<results::FactProof> read_proof(const std::string& path) {
    TRY(const std::string bytes, platform::read_file(platform::real_file_system(), path));
    return results::parse_fact_proof(bytes);
}

void print_checked(const results::FactProof& proof, const Result<void>& checked, Output output) {
    if (output == Output::kJson) {
        Json answer = Json::object(
            {{"holds", checked.has_value()}, {"index", proof.index}, {"entry", proof.entry}});
        if (!checked) answer.set("code", checked.error().reason);
        fmt::print("{}\n", answer.to_pretty_string());
    } else if (checked) {
        fmt::print("holds: entry {} of the log is\n{}\nunder the signed head\n{}", proof.index,
                   proof.entry, proof.checkpoint);
    }
}

}  // namespace

int results_verify(const FactProofOptions& options, Output output) {
    const auto identity = results::parse_verifier_key(options.log_key);
    if (!identity) return report_error(identity.error());
    const auto proof = read_proof(options.check_file);
    if (!proof) return report_error(proof.error());
    const auto checked = results::check_fact_proof(*proof, *identity);
    print_checked(*proof, checked, output);
    if (checked) return kExitSuccess;
    report_error(checked.error());
    return kExitNotIntact;
}

}  // namespace altis::app
