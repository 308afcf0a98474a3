#include "platform/confinement.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "platform/process.h"
#include "platform/worker_process.h"

namespace altis::platform {
namespace {

constexpr std::uint64_t kMemory = 64 << 20;

// How a confined child that does this ends: its status, or 128 + the signal that killed it.
int status_of(const std::function<int()>& act) {
    const pid_t pid = fork();
    if (pid == 0) _exit(confine({kMemory, 1}) ? act() : 99);
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
constexpr int kKilled = 128 + SIGSYS;

TEST(Confinement, LetsAProcessComputeAndWrite) {
    EXPECT_EQ(status_of([] {
                  void* memory = std::malloc(1 << 20);
                  const bool can_write = write(1, "", 0) == 0;
                  return memory != nullptr && can_write ? 7 : 1;
              }),
              7);
}

TEST(Confinement, KillsWhateverElseItTries) {
    const std::vector<std::function<int()>> attempts = {
        [] { return open("/etc/hostname", O_RDONLY); },
        [] { return open("/tmp/altis-escape", O_WRONLY | O_CREAT, 0600); },
        [] { return unlink("/tmp/altis-escape"); },
        [] { return socket(AF_INET, SOCK_STREAM, 0); },
        [] { return static_cast<int>(fork()); },
        [] { return execl("/bin/true", "true", nullptr); },
        [] { return kill(getppid(), 0); },
        [] { return static_cast<int>(getpid()); },
        [] { return static_cast<int>(write(2, "x", 1)); },
        [] { return static_cast<int>(read(1, nullptr, 0)); },
        [] { return dup(1); },
        [] {
            void* code =
                mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            return code == MAP_FAILED ? 1 : 0;
        },
        [] {
            void* data = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            return mprotect(data, 4096, PROT_READ | PROT_EXEC);
        },
        [] { return mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, 0, 0) == MAP_FAILED ? 1 : 0; },
    };
    for (std::size_t i = 0; i < attempts.size(); ++i)
        EXPECT_EQ(status_of(attempts[i]), kKilled) << "attempt " << i;
}

TEST(Confinement, LimitsMemoryAndTime) {
    EXPECT_EQ(status_of([] {
                  void* much =
                      mmap(nullptr, 2 * kMemory, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                  return much == MAP_FAILED ? 7 : 1;
              }),
              7);
    EXPECT_EQ(status_of([]() -> int {
                  for (std::atomic<unsigned> turns = 0;;)
                      ++turns;
              }),
              128 + SIGKILL)
        << "one second of processor time is all it has";
}

WorkerOptions shell(const std::string& script) {
    return {"/bin/sh", {"-c", script}, seconds(10), 1 << 20};
}

TEST(WorkerProcess, GivesTheAnswerToARequest) {
    const std::string request(300'000, 'x');
    EXPECT_EQ(
        run_worker(shell("cat; env; ls /proc/self/fd | wc -l"), request).value().substr(300'000),
        "PWD=" + std::string(get_current_dir_name()) + "\n4\n")
        << "no environment but what the shell makes, and no descriptor but 0, 1, 2 and that of ls";
}

TEST(WorkerProcess, SaysHowItEnded) {
    EXPECT_EQ(run_worker(shell("echo part; exit 3"), "").error().reason, "worker.died");
    EXPECT_EQ(run_worker(shell("kill -9 $$"), "").error().reason, "worker.died");
    EXPECT_EQ(run_worker({"/nonexistent", {}, seconds(1), 1}, "").error().reason,
              "worker.not_started");
    WorkerOptions noisy = shell("yes");
    noisy.max_answer_bytes = 100;
    EXPECT_EQ(run_worker(noisy, "").error().reason, "worker.answer_too_large");
}

TEST(WorkerProcess, KillsAtTheDeadline) {
    for (const char* script : {"exec sleep 60", "exec sleep 60 >&-", "while :; do :; done"}) {
        WorkerOptions slow = shell(script);
        slow.deadline = milliseconds(100);
        const auto start = std::chrono::steady_clock::now();
        EXPECT_FALSE(run_worker(slow, ""));
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1)) << script;
    }
}

}  // namespace
}  // namespace altis::platform
