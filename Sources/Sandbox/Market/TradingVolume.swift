/// How much is traded at a place in the order of volume.
enum TradingVolume {
    /// US dollars in 24 hours: a power law, so steep that the first few keep their places.
    static func base(place: Int) -> Double {
        1.1e11 / (Double(place) * Double(place).squareRoot())
    }
}
