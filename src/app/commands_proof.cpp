// altis journal prove: makes the proof that a record is in the journal, or checks one offline.
#include <fmt/format.h>

#include "app/commands.h"
#include "codec/text.h"
#include "journal/proof.h"

namespace altis::app {
namespace {

using codec::Json;

Result<journal::InclusionProof> ask_server(const Target& target, std::uint64_t offset) {
    TRY(auto endpoint, find_endpoint(target));
    TRY(const Json answer,
        Client(std::move(endpoint)).get("/v1/journal/proof?offset=" + std::to_string(offset)));
    return journal::parse_proof(answer.to_string());
}

// A server that is named is asked; else the files are read, which needs no server and no key.
Result<journal::InclusionProof> make_proof(const Target& target, std::uint64_t offset) {
    if (!target.server.empty()) return ask_server(target, offset);
    return journal::prove(platform::real_file_system(), target.data_directory + "/journal", offset);
}

void print_proof(const journal::InclusionProof& proof, Output output) {
    const Json json = journal::to_json(proof);
    if (output == Output::kJson) {
        fmt::print("{}\n", json.to_pretty_string());
        return;
    }
    fmt::print("record:     {}\n", proof.offset);
    fmt::print("receipt:    {}\n", json["hash"].as_string());
    fmt::print("batch:      records {} to {}\n", proof.batch.first_offset, proof.head.offset);
    fmt::print("head:       {}\n", json["head"]["hash"].as_string());
    fmt::print("public key: {}\n", json["public_key"].as_string());
}

Result<journal::ProofExpectation> expectation_of(const ProveOptions& options) {
    journal::ProofExpectation expected;
    if (!options.public_key.empty()) {
        TRY(expected.public_key, journal::parse_digest(options.public_key, "--public-key"));
    }
    if (!options.receipt.empty()) {
        TRY(expected.receipt, journal::parse_digest(options.receipt, "--receipt"));
    }
    return expected;
}

void print_checked(const journal::InclusionProof& proof, const Result<void>& checked,
                   Output output) {
    const Json json = journal::to_json(proof);
    if (output == Output::kJson) {
        Json answer = Json::object({{"holds", checked.has_value()},
                                    {"offset", proof.offset},
                                    {"hash", json["hash"]},
                                    {"head", json["head"]},
                                    {"public_key", json["public_key"]}});
        if (!checked) answer.set("code", checked.error().reason);
        fmt::print("{}\n", answer.to_pretty_string());
    } else if (checked) {
        fmt::print("holds: record {} with receipt {}\n", proof.offset, json["hash"].as_string());
        fmt::print("is in the journal whose head at offset {} is {},\n", proof.head.offset,
                   json["head"]["hash"].as_string());
        fmt::print("signed by {}; compare this key with the operator's\n",
                   json["public_key"].as_string());
    }
}

}  // namespace

int journal_prove(const Target& target, const ProveOptions& options, Output output) {
    if (options.offset == 0) {
        return report_error({Code::kInvalid, "cli.no_offset",
                             "give the record with --offset N, counted from 1, or a proof with "
                             "--check FILE"});
    }
    const auto proof = make_proof(target, options.offset);
    if (!proof) return report_error(proof.error());
    print_proof(*proof, output);
    return kExitSuccess;
}

int journal_check_proof(const ProveOptions& options, Output output) {
    const auto expected = expectation_of(options);
    if (!expected) return report_error(expected.error());
    const auto bytes = platform::read_file(platform::real_file_system(), options.check_file);
    if (!bytes) return report_error(bytes.error());
    const auto proof = journal::parse_proof(*bytes);
    if (!proof) return report_error(proof.error());
    const auto checked = journal::check_proof(*proof, *expected);
    print_checked(*proof, checked, output);
    if (checked) return kExitSuccess;
    report_error(checked.error());
    return kExitNotIntact;
}

}  // namespace altis::app
