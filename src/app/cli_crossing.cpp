// `altis rooms ...` for owners that meet without an operator.
#include "app/cli_parts.h"

namespace altis::app {
namespace {

void add_key(CLI::App& group, Invocation& in) {
    auto* command = add_command(group, "crossing-key", "Make a key file; prints its public half",
                                in, [&in] { return make_crossing_key(in.file, in.output); });
    command->add_option("file", in.file, "kept secret; must not exist yet")->required();
    add_json(*command, in);
}

void add_cross(CLI::App& group, Invocation& in) {
    auto* command =
        add_command(group, "cross", "Find out with another owner whom both know, and no more", in,
                    [&in] { return cross_lists(in.cross, in.output); });
    CrossOptions& cross = in.cross;
    command->add_option("file", cross.members.file, "own members, CSV or NDJSON")->required();
    command->add_option("--terms", cross.terms, "the terms both agreed on, JSON")->required();
    command->add_option("--key-file", cross.key_file, "of `altis rooms crossing-key`")->required();
    auto* way = command->add_option_group("way");
    way->add_option("--listen", cross.listen, "host:port to wait at");
    way->add_option("--connect", cross.connect, "host:port where the other side waits");
    way->require_option(1);
    command->add_option("--out", cross.out, "the result, for a side that receives");
    command->add_option("--column", cross.members.column, "of the e-mail or phone");
    command->add_option("--consent", cross.members.consent, "column; only a yes takes part")
        ->capture_default_str();
    command->add_option("--wait", cross.wait_s, "seconds until the other side must be there")
        ->capture_default_str();
    command->add_option("--threads", cross.threads, "as many as there are cores when left out")
        ->check(CLI::Range(1U, 64U));
    command->footer(
        "Both sides need the same terms: {\"room\", \"purpose\", \"identifier\": \"email\" or\n"
        "\"phone\", \"minimum\", \"parties\": [{\"organisation\", \"key\", \"receives\"}, ...], "
        "\"until\"}.");
    add_json(*command, in);
}

void add_study_key(CLI::App& group, Invocation& in) {
    StudyOptions& study = in.study;
    auto* offer = add_command(group, "study-offer", "Offer the other owner a key for one study", in,
                              [&in] { return offer_study(in.study); });
    offer->add_option("study", study.study, "its name, the same at both")->required();
    auto* agree = add_command(group, "study-key", "Make the study's key of the other's offer", in,
                              [&in] { return agree_study(in.study, in.output); });
    agree->add_option("offer", study.offer, "file that the other owner sent")->required();
    agree->add_option("--peer", study.peer, "public crossing key of the other owner")->required();
    agree->add_option("--out", study.out, "the study's key; never for the broker")->required();
    add_json(*agree, in);
    for (CLI::App* command : {offer, agree}) {
        command->add_option("--key-file", study.key_file, "of `altis rooms crossing-key`")
            ->required();
        command->add_option("--pending", study.pending, "secret file between offer and key")
            ->required();
    }
}

void add_tag(CLI::App& group, Invocation& in) {
    StudyOptions& study = in.study;
    auto* command = add_command(group, "tag", "Print a file as a table that its broker cannot read",
                                in, [&in] { return tag_file(in.study); });
    command->add_option("file", study.members.file, "own members, CSV or NDJSON")->required();
    command->add_option("--study-key", study.study_key, "of `altis rooms study-key`")->required();
    command->add_option("--side", study.side, "the room's first owner is left")
        ->required()
        ->check(CLI::IsMember({"left", "right"}));
    command->add_option("--attributes", study.attributes, "yes-or-no columns: attended, or booked")
        ->delimiter(',');
    command->add_option("--identifier", study.members.identifier, "email or phone, as the other")
        ->check(CLI::IsMember({"email", "phone"}))
        ->capture_default_str();
    command->add_option("--column", study.members.column, "of the e-mail or phone");
    command->add_option("--consent", study.members.consent, "column; only a yes takes part")
        ->capture_default_str();
}

}  // namespace

void add_crossing(CLI::App& group, Invocation& in) {
    add_key(group, in);
    add_cross(group, in);
    add_study_key(group, in);
    add_tag(group, in);
}

}  // namespace altis::app
