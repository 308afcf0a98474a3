// What the program says to arguments that it cannot use.
#include <gtest/gtest.h>

#include "altis_program.h"

namespace altis::e2e {
namespace {

constexpr int kWrongInput = 2;

struct Mistake {
    std::vector<std::string> arguments;
    std::string said;
};

TEST(CommandLine, NamesTheWrongWordAndTheRemedy) {
    const Mistake mistakes[] = {
        {{}, "`altis` needs a command after it; `altis --help` lists them"},
        {{"bogus"}, "there is no `altis bogus`; `altis --help` lists all commands"},
        {{"reslts", "units"}, "there is no `altis reslts`; did you mean `results`?"},
        {{"--bogus"}, "there is no `altis --bogus`; `altis --help`"},
        {{"fans"}, "`altis fans` needs a command after it; `altis fans --help` lists them"},
        {{"fans", "explan", "fan-1"}, "there is no `altis fans explan`; did you mean `explain`?"},
        {{"fans", "stat", "bogus"}, "bogus"},
        {{"demo", "--fans", "many"}, "many"},
        {{"fans", "explain"}, "user_id"},
    };
    for (const Mistake& mistake : mistakes) {
        const Finished run = run_altis(mistake.arguments, Capture::kEverything);
        EXPECT_EQ(run.status, kWrongInput) << mistake.said;
        EXPECT_NE(run.output.find(mistake.said), std::string::npos)
            << mistake.said << " is not in: " << run.output;
    }
}

TEST(CommandLine, HelpIsNoMistake) {
    for (const char* option : {"--help", "--version"}) {
        const Finished run = run_altis({option});
        EXPECT_EQ(run.status, 0) << option;
        EXPECT_NE(run.output.find("altis"), std::string::npos) << option;
    }
}

}  // namespace
}  // namespace altis::e2e
