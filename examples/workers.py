"""Processes that run one function on tasks. They end with their parent, however that ends."""

import signal
import sys
from multiprocessing import get_context
from multiprocessing.connection import wait


def serve(connection, function):
    try:
        while True:
            connection.send(function(*connection.recv()))
    except (EOFError, OSError):  # the parent is gone
        pass


class Workers:
    def __init__(self, count, function):
        context = get_context("spawn")  # PyTorch's threads do not survive a fork
        self.connections, self.processes = [], []
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited: Ctrl-C is for the parent alone
        for _ in range(count):
            own, other = context.Pipe()
            process = context.Process(target=serve, args=(other, function), daemon=True)
            process.start()
            other.close()
            self.connections.append(own)
            self.processes.append(process)
        signal.signal(signal.SIGINT, handler)

    def map(self, tasks):
        """Yields (task, answer) as they are finished."""
        waiting, idle, running = list(reversed(tasks)), list(self.connections), {}
        while waiting or running:
            while waiting and idle:
                connection = idle.pop()
                running[connection] = waiting.pop()
                connection.send(running[connection])
            for connection in wait(list(running)):
                try:
                    answer = connection.recv()
                except (EOFError, OSError):
                    sys.exit("error: a worker ended in the middle of a run; its message, if it left one, stands above")
                idle.append(connection)
                yield running.pop(connection), answer

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.join()
