/// One thread's compiled filters.
final class JQMachines {
    private var machines: [JQProgram: JQMachine] = [:]

    subscript(program: JQProgram) -> JQMachine {
        get throws(JQError) {
            if let machine = machines[program] { return machine }
            let machine = try JQMachine(program)
            machines[program] = machine
            return machine
        }
    }
}
