import Basics
package import Config
import CurlHTTP
package import JQ
import Tape
package import Workers

/// The config of a fetch worker: what to request, how to read the response, and where to publish it.
package struct FetchConfig: Sendable {
    package let worker: WorkerSettings
    package let schedule: Schedule
    package let needs: FeedNeeds
    package let request: RequestSettings
    package let filters: PageFilters
    /// Limits for the filters on one page.
    package var filterBounds: JQBounds { JQBounds(documentsOf: request.limits.body) }
    /// nil if the provider does not say when its data is from.
    let asOf: AsOfSettings?
    /// Whether a list without rows is published; otherwise the minute becomes a gap.
    package let allowEmpty: Bool
    /// The name of the stream, without the prefix of keys.
    package let stream: String
    /// How long entries are kept: at least twelve periods, whatever the config says.
    package let retain: Duration
    /// What the feed costs: what `cointape check` says about it, and what a budget takes for a call.
    package let cost: CostEstimate
    /// nil if nothing bounds what is spent, or a variable sends the requests elsewhere.
    let budget: BudgetSettings?
    /// nil if no call of the provider tells at no cost what is left.
    let usage: UsageSettings?
    package let budgetPlace: ConfigPlace
    /// The location of `needs`, for the message about variables that are not set.
    package let needsPlace: ConfigPlace
    /// The location of `publish.stream`, for comparisons between configs.
    package let streamPlace: ConfigPlace

    package init?(reading reader: ConfigReader) {
        let worker = WorkerSettings(reading: reader)
        let schedule = reader.object("schedule", "When to fetch.").flatMap(Schedule.init)
        let needs = reader.strings("needs", "Environment variables that must be set, unless the URL's own variable is.")
        let requestReader = reader.object("request", "What to ask.")
        let request = requestReader.flatMap(RequestSettings.init)
        let bodyReader = reader.object("body", orOnly: "format", "What a page's body is; a string is its format alone.")
        let body = bodyReader.map(BodyFormat.init)
        let filter = reader.program("filter", "A jq filter that turns each page into flat objects, one per row.")
        let failure = reader.program(
            "failure", optional: true,
            "A jq filter that turns an error body into `{message, action, wait}`: action is `retry` or `stop`, wait (optional) is how many seconds to leave the provider alone."
        )
        let asOfReader = reader.object(
            "as_of", orOnly: "filter", "When a page says it is from; a string is its filter alone.")
        let asOf = asOfReader.flatMap(AsOfSettings.init)
        let allowEmpty = reader.bool("allow_empty", default: false, "Whether no rows at all are a good answer.")
        let costReader = reader.objectIfPresent("cost", "What the provider's plan allows, for `cointape check`.")
        let cost = costReader.flatMap(CostSettings.init)
        let budgetReader = reader.objectIfPresent("budget", "A provider's plan, of which never more is spent.")
        let budget = budgetReader.flatMap(BudgetSettings.init)
        let usageReader = reader.objectIfPresent(
            "usage",
            "A call that costs nothing and tells what is left of the plan: `doctor` makes it, and the budget is corrected by it."
        )
        let usage = usageReader.flatMap(UsageSettings.init)
        if costReader != nil, budgetReader != nil {
            reader.complain(about: "cost", "cannot stand beside `budget`, which says the same")
        }
        let publishReader = reader.object("publish", "Where the rows go.")
        let publish = publishReader.flatMap(PublishSettings.init)
        reader.finish()
        guard let worker, let schedule, let needs, let request, let filter, let allowEmpty, let publishReader,
            let publish, (asOf == nil) == (asOfReader == nil), (budget == nil) == (budgetReader == nil),
            (usage == nil) == (usageReader == nil),
            let format = body ?? .json
        else {
            return nil
        }
        self.worker = worker
        self.needs = FeedNeeds(variables: needs, urlVariables: FeedNeeds.urlVariables(in: requestReader))
        needsPlace = reader.place(of: "needs")
        streamPlace = publishReader.place(of: "stream")
        self.request = request
        self.allowEmpty = allowEmpty
        if schedule.isPaced, budgetReader == nil {
            reader.complain(about: "schedule", "has every \"auto\", which needs a `budget` to spread")
            return nil
        }
        let estimate = CostEstimate(
            every: schedule.every, lists: request.each?.values.count ?? 1, pages: request.pages,
            cost: budget?.costs ?? cost)
        if budget?.per != nil, request.pages == nil ? budget?.items == nil : request.pages?.size == nil {
            budgetReader?.complain(
                about: "per", request.pages == nil ? "needs `items`" : "needs `request.pages.size`")
            return nil
        }
        if schedule.isPaced, estimate.isUpperBound {
            reader.complain(
                about: "schedule",
                "has every \"auto\", and what a list costs is not known: set budget.items, and request.pages.size")
            return nil
        }
        let usual = schedule.isPaced ? budget?.usualPeriod(credits: estimate.creditsOfFetch) : nil
        self.schedule = usual.map(schedule.paced) ?? schedule
        self.cost = estimate.every(self.schedule.every)
        budgetPlace = reader.place(of: "budget")
        // The plan does not apply to another server than the provider's.
        self.budget = self.needs.isRedirected(in: reader.context.environment) ? nil : budget
        self.asOf = asOf
        self.usage = usage
        filters = PageFilters(
            body: format, rows: filter, failure: failure, pages: request.pages, asOf: asOf?.filter, budget: budget)
        stream = publish.stream
        // The last good list must still exist when a doubtful one has been refused ten times.
        retain = max(publish.retain, self.schedule.every * 12)
    }
}

/// The environment variables that a feed needs.
package struct FeedNeeds: Equatable, Sendable {
    /// Variables without which the provider cannot be asked.
    package let variables: [String]
    /// Variables in the request's URL that, when set, select another server, which does not need `variables`.
    package let urlVariables: [String]

    /// The variables that are needed but not set.
    package func unmet(in environment: [String: String]) -> [String] {
        isRedirected(in: environment) ? [] : variables.filter { environment[$0, default: ""].isEmpty }
    }

    /// Whether a variable sends the request to a server other than the config's own.
    package func isRedirected(in environment: [String: String]) -> Bool {
        urlVariables.contains { !environment[$0, default: ""].isEmpty }
    }

    static func urlVariables(in request: ConfigReader?) -> [String] {
        request.map { CallSettings.servers($0).map(\.name) } ?? []
    }
}

extension FeedNeeds {
    /// Finds the needs of a config before it is fully read, because they decide the values of its placeholders.
    ///
    /// Returns nil for a config of another kind. Mistakes in the fields are not reported here, but when the config is read.
    package static func foreseen(
        in document: ConfigDocument, environment: [String: String]
    ) -> (name: String, needs: FeedNeeds)? {
        guard let reader = ConfigContext(file: "", environment: environment).reader(of: document),
            reader.string("worker", "") == FetchConfig.kind.name, let name = reader.string("name", "")
        else { return nil }
        let needs = FeedNeeds(
            variables: reader.strings("needs", "") ?? [], urlVariables: urlVariables(in: reader.object("request", "")))
        return (name, needs)
    }
}

struct PublishSettings {
    let stream: String
    let retain: Duration

    init?(reading reader: ConfigReader) {
        let stream = reader.name("stream", "The stream, before the prefix.")
        let retain = reader.duration(
            "retain", default: "2h", in: .seconds(300)...(.seconds(30 * 86_400)),
            "How long entries are kept; never less than twelve periods.")
        reader.finish()
        guard let stream, let retain else { return nil }
        self.stream = stream
        self.retain = retain
    }
}

extension ConfigReader {
    func program(_ name: String, optional: Bool = false, _ summary: String) -> JQProgram? {
        parsed(name, type: "jq filter", optional: optional, allowsLines: true, summary) {
            try JQProgram($0)
        }
    }
}
