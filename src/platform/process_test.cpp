#include "platform/process.h"

#include <csignal>
#include <cstdio>
#include <gtest/gtest.h>
#include <string>

#include "platform/file.h"

namespace altis::platform {
namespace {

ProcessOptions shell(const std::string& script, ProcessOutput output) {
    ProcessOptions options;
    options.program = "/bin/sh";
    options.arguments = {"-c", script};
    options.output = output;
    return options;
}

TEST(Process, GivesOutputAndStatus) {
    const auto child = Process::spawn(shell("printf hello; exit 3", ProcessOutput::kPipe));
    ASSERT_TRUE(child);
    std::string all;
    while (true) {
        const std::string part = (*child)->read_output(64).value();
        if (part.empty()) break;
        all += part;
    }
    EXPECT_EQ(all, "hello");
    EXPECT_EQ((*child)->wait(seconds(10)), 3);
    EXPECT_EQ((*child)->wait(seconds(10)), 3) << "may be asked again";
}

TEST(Process, WritesOutputAndErrorsToAFile) {
    ProcessOptions options = shell("echo out; echo err >&2", ProcessOutput::kFile);
    options.output_path = testing::TempDir() + "altis-process-output";
    const auto child = Process::spawn(options);
    ASSERT_TRUE(child);
    EXPECT_EQ((*child)->wait(seconds(10)), 0);
    EXPECT_EQ(read_file(real_file_system(), options.output_path).value(), "out\nerr\n");
    (void)std::remove(options.output_path.c_str());
}

TEST(Process, KillsAndTimesOut) {
    const auto child = Process::spawn(shell("exec sleep 60", ProcessOutput::kInherit));
    ASSERT_TRUE(child);
    EXPECT_EQ((*child)->wait(milliseconds(5)), std::nullopt);
    (*child)->kill(SIGKILL);
    EXPECT_EQ((*child)->wait(seconds(10)), 128 + SIGKILL);
    (*child)->kill(SIGKILL);
}

TEST(Process, SaysWhatCannotBeStarted) {
    ProcessOptions options;
    options.program = "/nonexistent/altis";
    const auto child = Process::spawn(options);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().reason, "process.not_started");
    EXPECT_NE(child.error().message.find("/nonexistent/altis"), std::string::npos);
}

TEST(Process, KnowsItsOwnPath) {
    EXPECT_NE(this_program().find("platform_test"), std::string::npos);
}

}  // namespace
}  // namespace altis::platform
