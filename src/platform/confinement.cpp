#include "platform/confinement.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace altis::platform {
namespace {

Walls standing;

tl::unexpected<Error> refused(const char* what) {
    return fail(Code::kUnavailable, "confinement.refused",
                std::string("this system does not let a process ") + what + ": " +
                    std::generic_category().message(errno));
}

// Numbers of <linux/landlock.h>, which Debian's older kernel headers have incompletely.
constexpr long kLandlockCreateRuleset = 444;
constexpr long kLandlockRestrictSelf = 446;

// A ruleset that handles all rights of the first version and allows none.
bool forbid_files() {
    struct {
        std::uint64_t handled_access_fs;
    } const ruleset{(std::uint64_t{1} << 13) - 1};
    const long handle = syscall(kLandlockCreateRuleset, &ruleset, sizeof ruleset, 0);
    if (handle < 0) return false;
    const bool done = syscall(kLandlockRestrictSelf, handle, 0) == 0;
    close(static_cast<int>(handle));
    return done;
}

bool leave_namespaces() {
    return unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS) == 0;
}

Result<void> limit(int resource, rlim_t value) {
    const rlimit both{value, value};
    if (setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0) return {};
    return refused("limit itself");
}

// Of address space, in bytes; 0 when the system does not say.
std::uint64_t memory_now() {
    std::FILE* file = std::fopen("/proc/self/statm", "re");
    if (file == nullptr) return 0;
    unsigned long long pages = 0;
    const bool is_read = std::fscanf(file, "%llu", &pages) == 1;
    (void)std::fclose(file);
    return is_read ? pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

Result<void> set_limits(const Confinement& confinement, std::uint64_t memory_before) {
    TRY_VOID(limit(RLIMIT_CPU, confinement.cpu_seconds));
    TRY_VOID(limit(RLIMIT_CORE, 0));
    TRY_VOID(limit(RLIMIT_FSIZE, 0));
    TRY_VOID(limit(RLIMIT_NPROC, 0));
    TRY_VOID(limit(RLIMIT_NOFILE, 2));
    return limit(RLIMIT_AS, memory_before + confinement.extra_memory_bytes);
}

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the list of system calls is written for x86-64 and arm64"
#endif

// What is left, whatever its arguments.
constexpr std::uint32_t kAllowedCalls[] = {
    SYS_munmap,        SYS_mremap,         SYS_madvise,      SYS_brk,          SYS_futex,
    SYS_exit,          SYS_exit_group,     SYS_rt_sigreturn, SYS_getrandom,    SYS_sched_yield,
    SYS_clock_gettime, SYS_rt_sigprocmask, SYS_getrusage,    SYS_gettimeofday, SYS_clock_nanosleep,
};

// Builds the filter: instructions of the classic packet filter over the call's number and
// arguments.
class CallFilter {
  public:
    CallFilter() {
        load(offsetof(seccomp_data, arch));
        jump_if_equal(kArchitecture, 1, 0);
        end(SECCOMP_RET_KILL_PROCESS);
        load(offsetof(seccomp_data, nr));
        for (const std::uint32_t call : kAllowedCalls)
            allow(call);
        // Of descriptors only these two.
        allow_with_argument(SYS_read, 0, 0);
        allow_with_argument(SYS_write, 0, 1);
        // Memory that holds data, never code; and no mapping of descriptors.
        allow_without_bits(SYS_mprotect, 2, PROT_EXEC);
        allow_anonymous_memory();
        end(SECCOMP_RET_KILL_PROCESS);
    }

    bool install() {
        const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
        return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
    }

  private:
    static constexpr std::uint32_t argument(unsigned index) {
        return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + 8 * index);
    }
    void load(std::uint32_t offset) { code_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }
    void jump_if_equal(std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
        code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no));
    }
    void jump_if_bits(std::uint32_t bits, std::uint8_t yes, std::uint8_t no) {
        code_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, yes, no));
    }
    void end(std::uint32_t verdict) { code_.push_back(BPF_STMT(BPF_RET | BPF_K, verdict)); }

    void allow(std::uint32_t call) {
        jump_if_equal(call, 0, 1);
        end(SECCOMP_RET_ALLOW);
    }
    // The kernel takes descriptors as 32 bits, so the lower half decides.
    void allow_with_argument(std::uint32_t call, unsigned index, std::uint32_t value) {
        jump_if_equal(call, 0, 4);
        load(argument(index));
        jump_if_equal(value, 0, 1);
        end(SECCOMP_RET_ALLOW);
        end(SECCOMP_RET_KILL_PROCESS);
    }
    void allow_without_bits(std::uint32_t call, unsigned index, std::uint32_t bits) {
        jump_if_equal(call, 0, 4);
        load(argument(index));
        jump_if_bits(bits, 1, 0);
        end(SECCOMP_RET_ALLOW);
        end(SECCOMP_RET_KILL_PROCESS);
    }
    void allow_anonymous_memory() {
        jump_if_equal(SYS_mmap, 0, 6);
        load(argument(2));
        jump_if_bits(PROT_EXEC, 3, 0);
        load(argument(3));
        jump_if_bits(MAP_ANONYMOUS, 0, 1);
        end(SECCOMP_RET_ALLOW);
        end(SECCOMP_RET_KILL_PROCESS);
    }

    std::vector<sock_filter> code_;
};

}  // namespace

Result<void> confine(const Confinement& confinement) {
    const std::uint64_t memory_before = memory_now();
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_DUMPABLE, 0) != 0) {
        return refused("give up its privileges");
    }
    if (syscall(SYS_close_range, 2U, ~0U, 0U) != 0) return refused("close its files");
    standing.landlock = forbid_files();
    standing.namespaces = leave_namespaces();
    TRY_VOID(set_limits(confinement, memory_before));
    CallFilter filter;
    if (!filter.install()) return refused("limit its system calls");
    return {};
}

Walls walls() {
    return standing;
}

}  // namespace altis::platform
