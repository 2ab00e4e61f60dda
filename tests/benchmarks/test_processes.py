"""What is read from /proc."""

import os
import subprocess
import sys

from benchmarks.processes import Memory, cpu_ms, cpu_ticks, kib_of, tree

STAT = "4242 (odd) name) S 1 4242 4242 0 -1 4194304 900 10 0 0 {} 20 0 8 0 12345 99 88"


def test_cpu_is_user_and_system_time_of_the_process_and_of_its_dead_children():
    assert cpu_ticks(STAT.format("100 20 3 4")) == 127


def test_a_line_of_the_status_is_found_by_its_whole_name():
    assert kib_of("VmHWMx:\t1 kB\nVmHWM:\t  2048 kB\n", "VmHWM") == 2048
    assert kib_of("", "VmHWM") == 0


def test_the_tree_holds_the_process_and_its_children():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert {os.getpid(), child.pid} <= set(tree(os.getpid()))


def test_a_process_that_is_gone_costs_nothing_and_holds_nothing():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    memory = Memory()
    memory.look(child.pid)
    assert (cpu_ms(child.pid), memory.peak) == (0.0, 0)


def test_the_peak_of_a_process_that_has_ended_still_counts():
    memory = Memory({1: ("server", 10), 2: ("cleaner, gone", 5)})
    assert memory.peak == 15
