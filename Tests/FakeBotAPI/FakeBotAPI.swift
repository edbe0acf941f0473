/// A strict Bot API server for tests.
public final class FakeBotAPI {}
