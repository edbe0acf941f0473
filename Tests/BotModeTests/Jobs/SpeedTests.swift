import Testing
import Upscale

@testable import BotMode

/// What pictures are expected to take.
@Suite("Expected times") struct SpeedTests {
  private func job(
    _ width: Int? = 1000, _ height: Int? = 1000, size: Int? = nil, wish: Wish = Wish(),
    format: PictureFormat? = nil
  ) -> Job {
    Job(
      chat: 1, user: 1, message: 1, language: .english, card: 1,
      source: PictureOffer(
        kind: .document, fileID: "f", width: width, height: height, size: size, format: format),
      wish: wish, accepted: 0)
  }

  @Test("Each application of a network of a smaller factor counts")
  func applications() {
    var memory = Memory()
    memory.paces = ["photo": 10, "anime": 10]
    memory.factors = ["photo": 2, "anime": 4]
    #expect(memory.expectedSeconds(of: job(wish: Wish(look: .photo, scale: 2))) == 10)
    #expect(memory.expectedSeconds(of: job(wish: Wish(look: .photo, scale: 4))) == 50)
    #expect(memory.expectedSeconds(of: job(wish: Wish(look: .anime, scale: 4))) == 10)
    #expect(memory.expectedSeconds(of: job(500, 500)) == 12.5)
  }

  @Test("What was learned of a picture holds for another factor, too")
  func learning() {
    var memory = Memory()
    memory.factors = ["photo": 2]
    memory.learn(job(wish: Wish(look: .photo, scale: 4)), seconds: 50)
    #expect(memory.paces["photo"] == 10)
    memory.learn(job(wish: Wish(look: .photo, scale: 2)), seconds: 20)
    #expect(memory.paces["photo"] == 14)
    memory.learn(job(100, 100), seconds: 1000)
    memory.learn(job(nil, nil, size: 1_000_000), seconds: 1000)
    #expect(memory.paces["photo"] == 14, "what is small or only guessed tells nothing")
  }

  @Test("A document's pixels are guessed by its bytes and its format")
  func guesses() {
    #expect(job(nil, nil, size: 3_000_000, format: .jpeg).megapixels == 12)
    #expect(job(nil, nil, size: 3_000_000, format: .png).megapixels == 6)
    #expect(job(nil, nil, size: 300_000, format: .webp).megapixels == 3)
    #expect(job(nil, nil).megapixels > 0)
    #expect(job(nil, nil, size: -5).megapixels == 0)
    #expect(job(nil, nil).isGuess && job(nil, 5).isGuess && !job().isGuess)
    // The guess is never more than is accepted, so that an accepted picture takes no longer than the limit.
    let rules = BotRules(maxPixels: 25_000_000, maxSeconds: 1800)
    let large = PictureOffer(kind: .document, fileID: "f", size: 20 << 20, format: .jpeg)
    #expect(rules.guessedMegapixels(of: large, secondsPerMegapixel: 1) == 25)
    #expect(rules.guessedMegapixels(of: large, secondsPerMegapixel: 180) == 10)
    #expect(rules.guessedMegapixels(of: large, secondsPerMegapixel: 0) == 25)
  }

  @Test("How long sending takes is learned from results of some size")
  func sending() {
    func picture(_ bytes: Int) -> FinishedPicture {
      FinishedPicture(
        file: EncodedFile(path: "f", format: .png, width: 1, height: 1, bytes: bytes),
        inputWidth: 1, inputHeight: 1, concessions: [], seconds: 1)
    }
    var memory = Memory()
    #expect(memory.secondsToSend(picture(10)) == 1)
    memory.learnSending(bytes: 1000, seconds: 60)
    #expect(memory.sendingPace == nil)
    memory.learnSending(bytes: 10_000_000, seconds: 20)
    #expect(memory.secondsToSend(picture(30_000_000)) == 60)
  }
}
